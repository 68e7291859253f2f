/** A parameter: a scalar in PostgreSQL's text form, or an array for `unnest`. */
export type Parameter = string | number | null | TextArray | NumberArray

export interface TextArray {
  readonly texts: readonly (string | null)[]
}

export interface NumberArray {
  /** As `float8[]`. */
  readonly numbers: readonly (number | null)[]
}

/** One statement as it is written here: `@.` stands for the schema of the store. */
export interface Template {
  /** The name it is prepared under. */
  readonly name: string
  readonly text: string
}

export interface Statement {
  readonly name: string
  readonly text: string
  readonly values: readonly Parameter[]
}

/** One row of a result, in PostgreSQL's text form. */
export type Fields = readonly (string | null)[]

/** Makes statements for one schema. */
export class Statements {
  readonly schema: string
  readonly #texts = new Map<Template, { readonly name: string; readonly text: string }>()

  constructor(schema: string) {
    this.schema = schema
  }

  of(template: Template, ...values: readonly Parameter[]): Statement {
    let known = this.#texts.get(template)
    if (known === undefined) {
      const text = template.text.replaceAll('@.', `${quoteIdentifier(this.schema)}.`)
      known = { name: `${this.schema}: ${template.name}`.slice(0, 63), text }
      this.#texts.set(template, known)
    }
    return { ...known, values }
  }
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
