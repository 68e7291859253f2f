/** A fault planted on purpose: if every test still passes with it, no test looks there. */
export interface Mutant {
  /** What goes wrong, in words. */
  readonly name: string
  /** From the project's root. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** A short way to write down the mutants of one package, whose names may begin alike. */
export function mutantsOf(
  folder: string,
  prefix = '',
): (name: string, file: string, find: string, replace: string) => Mutant {
  return (name, file, find, replace) => ({
    name: prefix + name,
    file: `packages/${folder}/src/${file}`,
    find,
    replace,
  })
}

/** The file's text with the fault in it. Throws when the place is not there any more: a mutant must be kept up with the code. */
export function plant(mutant: Mutant, source: string): string {
  const place = placeOf(mutant.find)
  const count = source.match(place)?.length ?? 0
  if (count !== 1)
    throw new Error(`mutant '${mutant.name}': its place stands ${count} times in ${mutant.file}, not once`)
  return source.replace(place, () => mutant.replace)
}

/** Spaces stand for any white space, since the formatter may break a line there. */
function placeOf(text: string): RegExp {
  const words = text
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(words.join('\\s+'), 'g')
}
