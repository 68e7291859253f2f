declare const self: ServiceWorkerGlobalScope
declare const __FILES__: readonly string[]
declare const __VERSION__: string

interface ServiceWorkerGlobalScope {
  readonly registration: { readonly scope: string }
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
  addEventListener(type: 'install' | 'activate', listener: (event: Waiting) => void): void
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void
}

interface Waiting {
  waitUntil(done: Promise<unknown>): void
}

interface Fetching {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

const name = `lessons-${__VERSION__}`

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((cache) => cache.addAll([...__FILES__]))
      .then(() => self.skipWaiting()),
  )
})

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request
  if (method === 'GET' && url.startsWith(self.registration.scope)) event.respondWith(answer(event.request))
})

/** The version that is here, and the network for what it does not hold; the query is the page's own affair. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request)
}

async function dropOld(): Promise<void> {
  for (const key of await caches.keys())
    if (key.startsWith('lessons-') && key !== name) await caches.delete(key)
}
