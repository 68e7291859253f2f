/** The core: states, commands and rules, pure and synchronous. */
export {}
