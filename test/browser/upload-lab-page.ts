import type { Page } from './devtools.ts'
import type { Lab, LabOptions, Seen } from './pages/upload-page.ts'
import { sampleBytes } from './sample-bytes.ts'
import { hashOf } from './upload-server.ts'

/** Starts the page's part anew, after each load of it. */
export async function enter(page: Page, options: LabOptions): Promise<void> {
  await page.call(async (given) => {
    globalThis.inPage = await (globalThis as unknown as { Lab: typeof Lab }).Lab.open(given)
  }, options)
}

export interface Sent {
  readonly id: string
  readonly name: string
  readonly hash: string
}

/** Adds files of `size` bytes; answers what must arrive. */
export async function addFiles(page: Page, count: number, size: number, from = 0): Promise<readonly Sent[]> {
  const sent: Sent[] = []
  for (let index = from; index < from + count; index++) {
    const name = `file-${index}.bin`
    const id = await page.call((n, seed, bytes) => inPage.add(n, seed, bytes), name, index + 1, size)
    sent.push({ id, name, hash: hashOf(sampleBytes(index + 1, size)) })
  }
  return sent
}

export function seen(page: Page): Promise<readonly Seen[]> {
  return page.call(() => inPage.seen())
}
