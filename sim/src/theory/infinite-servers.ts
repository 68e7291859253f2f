/** M/G/infinity: nobody waits, and the number of jobs is Poisson for any service. */
export interface InfiniteServers {
  readonly system: number
  atMost(jobs: number): number
}

export function infiniteServers(arrivalRate: number, serviceMean: number): InfiniteServers {
  const system = arrivalRate * serviceMean
  return {
    system,
    atMost(jobs) {
      let log = -system
      let total = Math.exp(log)
      for (let count = 1; count <= jobs; count++) {
        log += Math.log(system / count)
        total += Math.exp(log)
      }
      return Math.min(1, total)
    },
  }
}
