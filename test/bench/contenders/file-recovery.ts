import { fileStore } from 'millrace/file'

/** Opens a store that was left there, in a process that never did so before. */
export async function run(directory: string): Promise<{ jobs: number; seconds: number }> {
  const start = performance.now()
  const store = await fileStore({ directory })
  const seconds = (performance.now() - start) / 1000
  await store.close()
  return { jobs: 1, seconds }
}
