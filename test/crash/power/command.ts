export function power(_options: { readonly cuts: number }): Promise<boolean> {
  return Promise.resolve(true)
}
