import { systemClock } from './clock.ts'
import { CodecStore } from './codec-store.ts'
import { CommandRunner } from './command-runner.ts'
import { systemEntropy } from './entropy.ts'
import { checkOptions } from './options.ts'
import { recover } from './recovery.ts'
import { Runtime } from './runtime.ts'
import { checkStore, runtimeSettings, type RuntimeOptions } from './runtime-options.ts'
import { RuntimeParts } from './runtime-parts.ts'

/** Opens the store, and takes back at once what an earlier process left when it died. */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  checkOptions(options, ['store', 'queues', 'maxPayloadBytes', 'codec', 'clock', 'entropy'], 'createRuntime')
  const { codec } = options
  const plain = await checkStore(options.store)
  const store = codec === undefined ? plain : new CodecStore(plain, codec)
  try {
    const settings = runtimeSettings(options)
    const commands = new CommandRunner(
      store,
      options.clock ?? systemClock(),
      options.entropy ?? systemEntropy(),
    )
    if (Object.keys(settings.queues).length > 0) await commands.run('configure', { queues: settings.queues })
    await recover(commands)
    const parts = new RuntimeParts(commands, settings)
    parts.maintenance.start()
    return new Runtime(parts)
  } catch (error) {
    // Or the caller could not open it again with the mistake mended.
    await store.close().catch(() => {})
    throw error
  }
}
