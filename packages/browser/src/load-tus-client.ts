import type * as tus from 'tus-js-client'
import { noAnswer, RequestFailed } from './request-failed.ts'

type Client = typeof tus

let loaded: Promise<Client> | undefined
let failures = 0

/** The client's code, which comes over the same network as everything else; a failure is the network's. */
export function loadTusClient(): Promise<Client> {
  loaded ??= load().catch((error: unknown) => {
    loaded = undefined
    failures++
    throw new RequestFailed('the tus client was not loaded', noAnswer, { cause: error })
  })
  return loaded
}

async function load(): Promise<Client> {
  try {
    return await import('tus-js-client')
  } catch (error) {
    // Chromium remembers for the life of a page that a module was not there; under another address it looks again.
    const address = /https?:\/\/\S+/.exec(String(error))?.[0]
    if (failures === 0 || address === undefined) throw error
    return (await import(/* @vite-ignore */ `${address}?again=${failures}`)) as Client
  }
}
