interface Request {
  done(then: () => void): Request
}
interface Model {
  setTimer(duration: number): Request
  useFacility(facility: object, duration: number): Request
}
interface SimJs {
  readonly Sim: new () => { addEntity(kind: unknown): void; simulate(until: number): void }
  readonly Entity: new (...parameters: unknown[]) => Model
  readonly Facility: new (name: string, discipline: number, servers: number) => object
  readonly Random: new (seed: number) => { exponential(rate: number): number }
}

/** M/M/c at nine tenths of its capacity in SIM.JS, which shows itself to browsers only. */
export async function run(workers: string, jobs: string): Promise<{ jobs: number; seconds: number }> {
  const page = globalThis as { window?: { Sim?: SimJs } }
  page.window = {}
  // @ts-expect-error: it has no types.
  await import('simjs')
  const simjs = page.window.Sim!
  simulate(simjs, Number(workers), 20_000)
  const start = performance.now()
  const done = simulate(simjs, Number(workers), Number(jobs))
  return { jobs: done, seconds: (performance.now() - start) / 1_000 }
}

function simulate({ Sim, Entity, Facility, Random }: SimJs, workers: number, jobs: number): number {
  const random = new Random(1)
  const servers = new Facility('servers', 0, workers)
  let left = jobs
  let done = 0
  class Source extends Entity {
    start(): void {
      this.next()
    }
    next(): void {
      if (left-- <= 0) return
      this.setTimer(random.exponential(0.9 * workers)).done(() => {
        this.useFacility(servers, random.exponential(1)).done(() => void done++)
        this.next()
      })
    }
  }
  const sim = new Sim()
  sim.addEntity(Source)
  sim.simulate(Infinity)
  return done
}
