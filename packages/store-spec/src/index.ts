/** The exam every store sits. */
export {}
