import { parseScenario } from './parse.ts'
import type { Scenario } from './scenario.ts'

/** A question worth asking, taken from a real kind of system. */
export interface Preset {
  readonly about: string
  readonly scenario: Scenario
}

const photo = { dist: 'lognormal', mean: 2, cv2: 1.5 }

/** Photos resized within the request: as many at once as there are workers, and the next user is turned away. */
const photoUploadSync = {
  v: 1,
  name: 'photo-upload-sync',
  classes: [{ id: 'photo', arrivals: { kind: 'poisson', rate: 3 }, service: photo }],
  queues: { default: { capacity: 8, overflow: 'reject' } },
  workers: { count: 8 },
  stop: { jobs: 500_000 },
}

/** The same photos through a queue. */
const photoUploadAsync = {
  ...photoUploadSync,
  name: 'photo-upload-async',
  queues: {},
  slo: [{ metric: 'p99.sojourn', lt: '20s' }],
}

/** Ten million jobs a minute in three queues, looked into by a thousand pods at three intervals. */
const blackFriday = {
  v: 1,
  name: 'black-friday',
  classes: [
    orders('checkout', 'high', 66_666, 0.02),
    orders('stock', 'normal', 66_667, 0.04),
    orders('mail', 'low', 33_333, 0.06),
  ],
  queues: { high: { weight: 40 }, normal: { weight: 40 }, low: { weight: 20 } },
  workers: { count: 1_000, concurrency: 24, poll: { high: '100ms', normal: '200ms', low: '500ms' } },
  warmup: '5s',
  stop: { horizon: '1m' },
}

function orders(id: string, queue: string, rate: number, mean: number): object {
  return { id, queue, arrivals: { kind: 'poisson', rate }, service: { dist: 'lognormal', mean, cv2: 1 } }
}

/** Payments of a booking site: each attempt must be safe to repeat, since a timed-out one may have gone through. */
const bookingPayments = {
  v: 1,
  name: 'booking-payments',
  classes: [
    {
      id: 'payment',
      arrivals: { kind: 'poisson', rate: 50 },
      service: { dist: 'lognormal', mean: '400ms', cv2: 2 },
      failure: { p: 0.02 },
    },
  ],
  workers: { count: 30 },
  retry: {
    maxFailures: 5,
    backoff: { kind: 'exponential', base: '1s', factor: 2, max: '1m' },
    jitter: 'full',
    timeout: '5s',
  },
  slo: [{ metric: 'p99.sojourn', lt: '10s' }],
  stop: { jobs: 500_000 },
}

/** Films to encode, paying customers first, nobody for ever last. */
const videoEncoding = {
  v: 1,
  name: 'video-encoding',
  classes: [
    {
      id: 'paying',
      arrivals: { kind: 'poisson', rate: 0.05 },
      service: { dist: 'lognormal', mean: '90s', cv2: 0.5 },
      priority: 10,
    },
    {
      id: 'free',
      arrivals: { kind: 'poisson', rate: 0.17 },
      service: { dist: 'lognormal', mean: '90s', cv2: 0.5 },
    },
  ],
  queues: { default: { ageing: '2m' } },
  workers: { count: 22 },
  slo: [{ metric: 'p95.wait', class: 'paying', lt: '1m' }],
  stop: { jobs: 300_000 },
}

/** A service that slows down for half a minute, and callers who all try again. */
const retryStorm = {
  v: 1,
  name: 'retry-storm',
  classes: [
    {
      id: 'call',
      arrivals: { kind: 'poisson', rate: 80 },
      service: { dist: 'exponential', mean: '100ms' },
      failure: { p: 0.01 },
    },
  ],
  workers: { count: 10 },
  retry: {
    maxFailures: 10,
    backoff: { kind: 'fixed', delay: '500ms' },
    jitter: 'none',
    timeout: '1s',
    timeoutFrom: 'ready',
    cancelOnTimeout: false,
  },
  faults: [{ kind: 'slow', at: '1m', for: '30s', factor: 15 }],
  warmup: 0,
  stop: { horizon: '10m' },
}

/** Trips of a flight, a hotel and a car, booked one after the other; what cannot be booked undoes what was. */
const trips = 5
const refused = 0.02
const tripSaga = {
  v: 1,
  name: 'trip-saga',
  classes: [
    step('flight', trips, 1.2),
    step('hotel', trips * (1 - refused), 0.8),
    step('car', trips * (1 - refused) ** 2, 0.5),
    // The hotel's refusals undo a flight, the car's a flight and a hotel.
    { ...step('undo', trips * refused * (1 - refused) * (1 + 2 * (1 - refused)), 0.6), priority: 5 },
  ],
  workers: { count: 16 },
  retry: {
    maxFailures: 4,
    backoff: { kind: 'exponential', base: '1s', factor: 2, max: '30s' },
    jitter: 'full',
    timeout: '10s',
  },
  slo: [{ metric: 'p99.sojourn', lt: '30s' }],
  stop: { jobs: 300_000 },
}

function step(id: string, rate: number, mean: number): object {
  const service = { dist: 'lognormal', mean, cv2: 1.5 }
  return { id, arrivals: { kind: 'poisson', rate }, service, failure: { p: 0.03 } }
}

const inputs: Readonly<Record<string, readonly [about: string, scenario: object]>> = {
  'photo-upload-sync': [
    'photos resized within the request; who comes too many is turned away',
    photoUploadSync,
  ],
  'photo-upload-async': ['the same photos through a queue', photoUploadAsync],
  'black-friday': ['10 million jobs a minute, three queues, a thousand polling pods', blackFriday],
  'booking-payments': ['payments that time out and are tried again', bookingPayments],
  'video-encoding': ['long CPU-bound jobs of two priorities', videoEncoding],
  'trip-saga': ['trips of three bookings, undone step by step when one is refused', tripSaga],
  'retry-storm': ['a slow half minute, and what retries make of it', retryStorm],
}

/** The presets by name. */
export const presets: ReadonlyMap<string, Preset> = new Map(
  Object.entries(inputs).map(([name, [about, scenario]]) => [
    name,
    { about, scenario: parseScenario(scenario) },
  ]),
)
