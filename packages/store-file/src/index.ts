/** The file store: the table with an append-only log. */
export {}
