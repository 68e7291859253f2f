import type { Directory, OpenFile } from '../../../packages/store-file/src/directory.ts'

/** One change of the disk, or a note of the workload about what it was told. */
export type Step =
  | { readonly kind: 'create'; readonly name: string; readonly inode: number }
  | { readonly kind: 'link'; readonly name: string; readonly inode: number }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'write'; readonly inode: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly inode: number; readonly size: number }
  | { readonly kind: 'sync'; readonly inode: number }
  /** The system forgets that these bytes are not on the device: no later flush brings them there. */
  | { readonly kind: 'syncFailed'; readonly inode: number }
  | { readonly kind: 'syncNames' }
  /** Changes up to this number may be stored from now on. */
  | { readonly kind: 'attempted'; readonly change: number }
  /** Changes up to this number must be there from now on. */
  | { readonly kind: 'acknowledged'; readonly change: number }
  /** This change must not be there from now on. */
  | { readonly kind: 'refused'; readonly change: number }

export type Call =
  | 'create'
  | 'open'
  | 'link'
  | 'rename'
  | 'remove'
  | 'syncNames'
  | 'read'
  | 'write'
  | 'truncate'
  | 'sync'

/** What goes wrong at a call: an error code, a write that lands short, or a flush that only says it was done. */
export type Fault = { readonly code: string } | 'short' | 'lie' | undefined

export type FaultPlan = (call: Call, index: number) => Fault

interface Inode {
  readonly id: number
  data: Uint8Array
  size: number
}

/** A disk that remembers every change, so that each moment of it can be cut off afterwards. */
export class SimulatedDisk implements Directory {
  readonly path = '(simulated)'
  readonly steps: Step[] = []
  readonly #names = new Map<string, Inode>()
  readonly #plan: FaultPlan
  #calls = 0
  #inodes = 0
  #lives = 0

  constructor(files: ReadonlyMap<string, Uint8Array> = new Map(), plan: FaultPlan = () => undefined) {
    this.#plan = plan
    for (const [name, bytes] of files) {
      const inode = this.#newInode()
      inode.data = bytes.slice()
      inode.size = bytes.length
      this.#names.set(name, inode)
    }
  }

  /** How many calls there were: faults are planned by this number. */
  get calls(): number {
    return this.#calls
  }

  /** The process that used it is gone: no flush it asked for ever ends. What it wrote is still in the system's cache. */
  kill(): void {
    this.#lives += 1
  }

  /** What programs see now. */
  files(): Map<string, Uint8Array> {
    return new Map([...this.#names].map(([name, { data, size }]) => [name, data.slice(0, size)]))
  }

  list(): string[] {
    return [...this.#names.keys()]
  }

  exists(name: string): boolean {
    return this.#names.has(name)
  }

  create(name: string): OpenFile {
    this.#before('create')
    if (this.#names.has(name)) throw failure('EEXIST')
    const inode = this.#newInode()
    this.#names.set(name, inode)
    this.steps.push({ kind: 'create', name, inode: inode.id })
    return this.#handle(inode)
  }

  open(name: string): OpenFile {
    this.#before('open')
    return this.#handle(this.#find(name))
  }

  openToWrite(name: string): OpenFile {
    return this.open(name)
  }

  link(existing: string, name: string): void {
    this.#before('link')
    const inode = this.#find(existing)
    if (this.#names.has(name)) throw failure('EEXIST')
    this.#names.set(name, inode)
    this.steps.push({ kind: 'link', name, inode: inode.id })
  }

  rename(from: string, to: string): void {
    this.#before('rename')
    const inode = this.#find(from)
    this.#names.delete(from)
    this.#names.set(to, inode)
    this.steps.push({ kind: 'link', name: to, inode: inode.id }, { kind: 'remove', name: from })
  }

  remove(name: string): void {
    this.#before('remove')
    this.#find(name)
    this.#names.delete(name)
    this.steps.push({ kind: 'remove', name })
  }

  sync(): void {
    if (this.#before('syncNames') !== 'lie') this.steps.push({ kind: 'syncNames' })
  }

  #handle(inode: Inode): OpenFile {
    return {
      size: () => inode.size,
      read: (target, position) => this.#read(inode, target, position),
      write: (bytes, position) => this.#write(inode, bytes, position),
      truncate: (size) => this.#truncate(inode, size),
      sync: () => this.#sync(inode),
      syncLater: () => this.#syncLater(inode),
      close: () => {},
    }
  }

  #read(inode: Inode, target: Uint8Array, position: number): number {
    this.#before('read')
    const count = Math.max(0, Math.min(target.length, inode.size - position))
    target.set(inode.data.subarray(position, position + count))
    return count
  }

  #write(inode: Inode, bytes: Uint8Array, position: number): number {
    const fault = this.#before('write')
    const written = fault === 'short' ? bytes.subarray(0, Math.floor(bytes.length / 2)) : bytes
    const end = position + written.length
    if (end > inode.data.length) {
      const grown = new Uint8Array(Math.max(end, inode.data.length * 2))
      grown.set(inode.data.subarray(0, inode.size))
      inode.data = grown
    }
    inode.data.set(written, position)
    inode.size = Math.max(inode.size, end)
    this.steps.push({ kind: 'write', inode: inode.id, at: position, bytes: written.slice() })
    return written.length
  }

  #truncate(inode: Inode, size: number): void {
    this.#before('truncate')
    inode.data.fill(0, Math.min(size, inode.size), inode.size)
    inode.size = size
    this.steps.push({ kind: 'truncate', inode: inode.id, size })
  }

  #sync(inode: Inode): void {
    try {
      if (this.#before('sync') !== 'lie') this.steps.push({ kind: 'sync', inode: inode.id })
    } catch (error) {
      this.steps.push({ kind: 'syncFailed', inode: inode.id })
      throw error
    }
  }

  async #syncLater(inode: Inode): Promise<void> {
    const life = this.#lives
    // Some flushes take longer than others, so that whatever may overtake them does.
    for (let ticks = (this.#calls * 7919) % 6; ticks >= 0; ticks--) await nextTick()
    if (life !== this.#lives) return new Promise(() => {})
    this.#sync(inode)
  }

  #before(call: Call): Fault {
    const fault = this.#plan(call, this.#calls++)
    if (typeof fault === 'object') throw failure(fault.code)
    return fault
  }

  #find(name: string): Inode {
    const inode = this.#names.get(name)
    if (!inode) throw failure('ENOENT')
    return inode
  }

  #newInode(): Inode {
    return { id: this.#inodes++, data: new Uint8Array(0), size: 0 }
  }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code })
}
