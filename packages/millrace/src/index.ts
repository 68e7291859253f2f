/** What users install: runtime, definitions, errors. */
export {}
