declare const setImmediate: ((fn: () => void) => unknown) | undefined

/** Runs `fn` when the messages that have come are heard: Node has setImmediate, in browsers a message to oneself queues behind them. */
export function createAfterTurn(fn: () => void): () => void {
  if (typeof setImmediate === 'function') return () => void setImmediate(fn)
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = fn
  return () => port2.postMessage(0)
}
