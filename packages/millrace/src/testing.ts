/** `millrace/testing`: a runtime on a virtual clock. */
export {}
