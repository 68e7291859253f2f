/** The other end of `inChild`. */
const [contender = '', ...options] = process.argv.slice(2)
const module = (await import(`./contenders/${contender}.ts`)) as {
  run(...options: readonly string[]): Promise<{ jobs: number; seconds: number }>
}
const result = await module.run(...options)
process.send!({ ...result, peakMb: process.resourceUsage().maxRSS / 1024 }, () => process.disconnect!())
