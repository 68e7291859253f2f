/** The millrace command: look inside a store and steer it. */
export {}
