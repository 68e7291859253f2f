/** `npm run test:deep` runs the same tests with more cases: `runs(100)` is 100 here and 2,000 there. */
export const deep = process.env.MILLRACE_DEEP === '1'

export function runs(usual: number, whenDeep = usual * 20): number {
  return deep ? whenDeep : usual
}
