import { bounds, type QueueConfig, type Store } from '@millrace/core'
import type { Codec } from './aes-gcm-codec.ts'
import type { Clock } from './clock.ts'
import type { Entropy } from './entropy.ts'
import { checkName } from './names.ts'
import { badArgument, checkInteger, checkOptions } from './options.ts'
import { queueConfig, waitPolicy, type QueueOptions, type WaitPolicy } from './queue-options.ts'

export interface RuntimeOptions {
  /** Where jobs live. The runtime closes it. */
  readonly store: Store | PromiseLike<Store>
  /** What queues allow; a queue not named here has no limits. */
  readonly queues?: Readonly<Record<string, QueueOptions>>
  /** Bytes of one payload or result at most; 1 MiB, if not given. */
  readonly maxPayloadBytes?: number
  /** Seals payloads, results and results of steps before the store sees them; `aesGcmCodec` makes one. Not for names, keys, errors and logs. */
  readonly codec?: Codec
  /** For tests: where the time comes from. */
  readonly clock?: Clock
  /** For tests: where ids and chance come from. */
  readonly entropy?: Entropy
}

export interface RuntimeSettings {
  readonly queues: Readonly<Record<string, QueueConfig>>
  readonly waitPolicies: ReadonlyMap<string, WaitPolicy>
  readonly payloadLimit: number
}

const mostPayloadBytes = 64 * bounds.payloadBytes

export function checkStore(store: RuntimeOptions['store'] | undefined): Store | PromiseLike<Store> {
  if (typeof store === 'object' && store !== null) return store
  throw badArgument("createRuntime needs a store, for instance memoryStore() of 'millrace/memory'")
}

export function runtimeSettings(options: RuntimeOptions): RuntimeSettings {
  const queues = options.queues ?? {}
  checkOptions(queues, Object.keys(queues), 'createRuntime: queues')
  const waits = Object.entries(queues).flatMap(([name, queue]) => {
    const policy = waitPolicy(name, queue)
    return policy === undefined ? [] : [[name, policy] as const]
  })
  return {
    queues: Object.fromEntries(
      Object.entries(queues).map(([name, queue]) => [
        checkName(name, 'the name of a queue'),
        queueConfig(name, queue),
      ]),
    ),
    waitPolicies: new Map(waits),
    payloadLimit: checkInteger(
      options.maxPayloadBytes ?? bounds.payloadBytes,
      1,
      mostPayloadBytes,
      'maxPayloadBytes',
    ),
  }
}
