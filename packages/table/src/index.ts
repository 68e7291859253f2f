/** The indexed job table and its journal port. */
export {}
