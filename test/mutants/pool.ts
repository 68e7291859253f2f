import type { Mutant } from './mutant.ts'

const pool = (name: string, file: string, find: string, replace: string): Mutant => ({
  name: `pool: ${name}`,
  file: `packages/pool/src/${file}`,
  find,
  replace,
})

/** Faults in the pool; most of them are the habits of pools that are in use. */
export const poolMutants: readonly Mutant[] = [
  pool('an exit is not noticed', 'node-host.ts', "worker.on('exit',", "worker.on('exits',"),
  pool('an error is not noticed', 'node-host.ts', "worker.on('error',", "worker.on('errors',"),
  pool(
    'the last words are not heard',
    'job-server.ts',
    'port.onDying((cause) => this.#lastWords(cause))',
    '',
  ),
  pool(
    'a death leaves its call pending',
    'slot.ts',
    'for (const call of running)',
    'for (const call of [] as Call[])',
  ),
  pool(
    'a death takes the whole line with it',
    'worker-line.ts',
    'unharmed: readonly Call[] } {',
    'unharmed: readonly Call[] } {\n    if (true) return { running: [...this.#calls.values()].splice(0), unharmed: [] }',
  ),
  pool('what never began is lost', 'crew.ts', 'if (unharmed.length > 0) this.#listener.back(unharmed)', ''),
  pool(
    'a dead worker is not replaced',
    'crew.ts',
    'if (this.#backoff.isBroken && this.#slots.size === 0) this.#listener.broken(error) this.#startMissing()',
    '',
  ),
  pool('no backoff', 'start-backoff.ts', 'if (this.#fruitless <= free) return 0', 'return 0'),
  pool(
    'a pool that cannot start says nothing',
    'start-backoff.ts',
    'return this.#unstarted >= free',
    'return false',
  ),
  pool('a start may take for ever', 'slot.ts', 'if (this.#startBy > now)', 'if (true)'),
  pool('no grace', 'slot.ts', 'this.#killAt = monotonic() + graceMs', 'this.#killAt = monotonic()'),
  pool('an abort never kills', 'slot.ts', 'if (this.#killAt <= now) return this.#kill()', ''),
  pool(
    'an abort is not told to the handler',
    'slot.ts',
    "this.#host.endpoint.postMessage({ millrace: 'abort', call: call.id, error: call.stop })",
    '',
  ),
  pool('no timeout', 'slot.ts', 'running.timeOut()', 'void 0'),
  pool(
    'a timeout before the call began',
    'worker-line.ts',
    'if (this.#cells?.isRunning(call.id) ?? true) return true',
    'return true',
  ),
  pool('sent ahead behind the unknown', 'pace.ts', '?? Infinity', '?? 0'),
  pool(
    'nothing is taken back',
    'worker-line.ts',
    'if (this.#calls.size < 2 || now - this.#headSince < stallMs) return []',
    'return []',
  ),
  pool('a moved payload is sent ahead', 'worker-line.ts', 'if (movesPayload || ', 'if ('),
  pool(
    'the mark of a call taken back is ignored',
    'job-server.ts',
    'if (this.#cells?.begin(call.id) === false) continue',
    'this.#cells?.begin(call.id)',
  ),
  pool(
    'one bad result spoils its message',
    'result-box.ts',
    'for (const result of results) this.#sendOne(result)',
    '',
  ),
  pool('one bad payload spoils its message', 'slot.ts', 'if (calls.length > 1) {', 'if (false) {'),
  pool(
    'a code is lost on the way',
    'error-value.ts',
    '...(code !== undefined && { code }),\n    ...(cause',
    '...(cause',
  ),
  pool(
    'a cause is lost on the way',
    'error-value.ts',
    '...(cause !== undefined && depth < deepestCause && { cause: causeValue(cause, depth + 1) }),',
    '',
  ),
  pool('no spare', 'worker-pool.ts', 'size + this.#settings.spares', 'size'),
  pool('it does not grow', 'sizing.ts', 'if (next.size > this.#scale.size) this.#scale = next', ''),
  pool('it does not shrink', 'sizing.ts', 'if (next.size < this.#scale.size) this.#scale = next', ''),
  pool(
    'it grows while workers start',
    'worker-pool.ts',
    'this.#waiting.size - this.#crew.starting',
    'this.#waiting.size',
  ),
  pool(
    'it shrinks while calls wait',
    'worker-pool.ts',
    'if (this.#waiting.size === 0) this.#sizing.shrink',
    'this.#sizing.shrink',
  ),
  pool(
    'workers are never recycled',
    'crew.ts',
    'if (slot.ended >= this.#settings.recycleAfter) slot.isTired = true',
    '',
  ),
  pool('closing leaves what runs', 'crew.ts', 'for (const slot of this.#slots) slot.abortAll(why)', ''),
  pool(
    'closing leaves what waits',
    'worker-pool.ts',
    'for (const call of this.#waiting.takeAll()) call.settle(failed(closedError, false))',
    '',
  ),
]
