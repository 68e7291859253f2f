/** Closed-loop producers: each enqueues its next job when the last one was acknowledged. */
export async function produce(
  jobs: number,
  producers: number,
  enqueue: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    while (next < jobs) await enqueue(next++)
  }
  await Promise.all(Array.from({ length: producers }, one))
}

/** 100 bytes as JSON. */
export function payloadOf(index: number): { readonly path: string } {
  return { path: `${String(index).padStart(12, '0')}/`.padEnd(89, 'x') }
}
