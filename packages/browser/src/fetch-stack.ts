import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'

/** HTTP by fetch for tus, where there is no XMLHttpRequest: service workers. It cannot tell bytes on their way. */
export class FetchStack implements HttpStack {
  createRequest(method: string, url: string): HttpRequest {
    return new FetchRequest(method, url)
  }

  getName(): string {
    return 'fetch'
  }
}

class FetchRequest implements HttpRequest {
  readonly #method: string
  readonly #url: string
  readonly #headers = new Headers()
  readonly #abort = new AbortController()

  constructor(method: string, url: string) {
    this.#method = method
    this.#url = url
  }

  getMethod(): string {
    return this.#method
  }

  getURL(): string {
    return this.#url
  }

  setHeader(header: string, value: string): void {
    this.#headers.set(header, value)
  }

  getHeader(header: string): string | undefined {
    return this.#headers.get(header) ?? undefined
  }

  setProgressHandler(): void {}

  async send(body: BodyInit | null = null): Promise<HttpResponse> {
    const response = await fetch(this.#url, {
      method: this.#method,
      headers: this.#headers,
      body,
      signal: this.#abort.signal,
    })
    const text = await response.text()
    return {
      getStatus: () => response.status,
      getHeader: (header) => response.headers.get(header) ?? undefined,
      getBody: () => text,
      getUnderlyingObject: () => response,
    } as HttpResponse
  }

  async abort(): Promise<void> {
    this.#abort.abort()
  }

  getUnderlyingObject(): undefined {
    return undefined
  }
}
