/** Times the work after a warm-up of the same kind, which compiles what is hot. */
export async function timed(
  jobs: number,
  work: (jobs: number) => Promise<void>,
): Promise<{ jobs: number; seconds: number }> {
  await work(Math.min(jobs, 20_000))
  const start = performance.now()
  await work(jobs)
  return { jobs, seconds: (performance.now() - start) / 1000 }
}
