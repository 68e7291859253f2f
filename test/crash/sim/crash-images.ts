import type { Step } from './simulated-disk.ts'

const sectorBytes = 512

/** A change that a power cut may or may not leave behind. */
interface Pending {
  readonly apply: (image: Image) => void
}

interface Image {
  readonly contents: Pick<Map<number, Uint8Array>, 'get' | 'set'>
  readonly names: Map<string, number>
}

/** What is on the device for certain, and what may be there besides, at one moment of a trace. */
export class Device {
  #contents = new Map<number, Uint8Array>()
  #names = new Map<string, number>()
  #pendingContents = new Map<number, Pending[]>()
  #pendingNames: Pending[] = []
  /** Of failed flushes. */
  #doubtful: Pending[] = []

  constructor(files: ReadonlyMap<string, Uint8Array> = new Map()) {
    let inode = 0
    for (const [name, bytes] of files) {
      this.#contents.set(inode, bytes.slice())
      this.#names.set(name, inode++)
    }
  }

  step(step: Step): void {
    switch (step.kind) {
      case 'create':
      case 'link':
        this.#pendingNames.push({ apply: ({ names }) => names.set(step.name, step.inode) })
        break
      case 'remove':
        this.#pendingNames.push({ apply: ({ names }) => names.delete(step.name) })
        break
      case 'write':
        this.#pend(step.inode, ...sectors(step.inode, step.at, step.bytes))
        break
      case 'truncate':
        this.#pend(step.inode, { apply: ({ contents }) => resize(contents, step.inode, step.size) })
        break
      case 'sync':
        this.#settle(this.#pendingContents.get(step.inode) ?? [])
        this.#pendingContents.delete(step.inode)
        break
      case 'syncFailed':
        this.#doubtful.push(...(this.#pendingContents.get(step.inode) ?? []))
        this.#pendingContents.delete(step.inode)
        break
      case 'syncNames':
        this.#settle(this.#pendingNames)
        this.#pendingNames = []
        break
      case 'attempted':
      case 'acknowledged':
      case 'refused':
    }
  }

  /** Everything that a power cut now may or may not leave behind. */
  get pending(): readonly Pending[] {
    return [...this.#doubtful, ...[...this.#pendingContents.values()].flat(), ...this.#pendingNames]
  }

  /** The files after a power cut that left these changes behind, applied in order. */
  cut(kept: readonly Pending[]): Map<string, Uint8Array> {
    const image = { contents: new Map(this.#contents), names: new Map(this.#names) }
    const fresh = new Set<number>()
    for (const pending of kept) {
      pending.apply({ contents: ownCopies(image.contents, fresh), names: image.names })
    }
    const files = new Map<string, Uint8Array>()
    for (const [name, inode] of image.names) files.set(name, image.contents.get(inode) ?? new Uint8Array(0))
    return files
  }

  #pend(inode: number, ...pending: Pending[]): void {
    const list = this.#pendingContents.get(inode) ?? []
    list.push(...pending)
    this.#pendingContents.set(inode, list)
  }

  #settle(pending: readonly Pending[]): void {
    for (const one of pending) one.apply({ contents: this.#contents, names: this.#names })
  }
}

/** A device writes whole sectors; which of a write's sectors it has written when the power goes is anyone's guess. */
function sectors(inode: number, at: number, bytes: Uint8Array): Pending[] {
  const pieces: Pending[] = []
  const end = at + bytes.length
  for (let start = at; start < end;) {
    const stop = Math.min(end, (Math.floor(start / sectorBytes) + 1) * sectorBytes)
    const piece = bytes.subarray(start - at, stop - at)
    const position = start
    pieces.push({ apply: ({ contents }) => write(contents, inode, position, piece) })
    start = stop
  }
  return mergedZeros(pieces, bytes, inode, at)
}

/** Zeros ahead of a log are one change: whether a hole or a sector of zeros is read makes no difference. */
function mergedZeros(pieces: Pending[], bytes: Uint8Array, inode: number, at: number): Pending[] {
  const last = bytes.findLastIndex((byte) => byte !== 0)
  const used = Math.ceil((at + last + 1) / sectorBytes) - Math.floor(at / sectorBytes)
  if (pieces.length - used < 2) return pieces
  const size = at + bytes.length
  const grow: Pending = { apply: ({ contents }) => grown(contents, inode, size) }
  return [...pieces.slice(0, Math.max(0, used)), grow]
}

function write(contents: Image['contents'], inode: number, at: number, bytes: Uint8Array): void {
  grown(contents, inode, at + bytes.length)
  contents.get(inode)!.set(bytes, at)
}

function grown(contents: Image['contents'], inode: number, size: number): void {
  if ((contents.get(inode)?.length ?? 0) < size) resize(contents, inode, size)
}

function resize(contents: Image['contents'], inode: number, size: number): void {
  const before = contents.get(inode) ?? new Uint8Array(0)
  const after = new Uint8Array(size)
  after.set(before.subarray(0, size))
  contents.set(inode, after)
}

/** Copies a file's content before it is first written to, so that what is on the device for certain stays as it is. */
function ownCopies(contents: Map<number, Uint8Array>, fresh: Set<number>): Image['contents'] {
  return {
    get: (inode: number) => {
      const bytes = contents.get(inode)
      if (!bytes || fresh.has(inode)) return bytes
      const copy = bytes.slice()
      fresh.add(inode)
      contents.set(inode, copy)
      return copy
    },
    set: (inode: number, bytes: Uint8Array) => {
      fresh.add(inode)
      return contents.set(inode, bytes)
    },
  }
}
