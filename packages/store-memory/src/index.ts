/** The reference store: the table without a journal. */
export {}
