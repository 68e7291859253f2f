import { useSignal } from '@preact/signals'
import type { JSX, TargetedEvent } from 'preact'
import { addFiles, refused, type Lab } from './lab.ts'

const sampleBytes = 2_000_000

/** Where files come in: dropped, chosen, or made up. */
export function AddFiles({ lab }: { readonly lab: Lab }): JSX.Element {
  const isOver = useSignal(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    isOver.value = false
    void addFiles(lab, event.dataTransfer?.files ?? [])
  }
  const choose = (event: TargetedEvent<HTMLInputElement>): void => {
    // Copied first: to clear the input empties its list.
    const chosen = [...(event.currentTarget.files ?? [])]
    event.currentTarget.value = ''
    void addFiles(lab, chosen)
  }
  return (
    <section class="card" aria-labelledby="add">
      <h2 id="add">Files</h2>
      <label
        class="drop"
        data-over={isOver.value}
        onDragOver={(event) => {
          event.preventDefault()
          isOver.value = true
        }}
        onDragLeave={() => (isOver.value = false)}
        onDrop={drop}
      >
        <input type="file" multiple class="visually-hidden" onChange={choose} />
        <strong>Drop files here</strong>
        <span class="muted">or choose some</span>
      </label>
      <div class="row">
        <button type="button" onClick={() => void addFiles(lab, samples(5))}>
          Make 5 files of 2 MB
        </button>
      </div>
      <NoRoom lab={lab} />
    </section>
  )
}

function NoRoom({ lab }: { readonly lab: Lab }): JSX.Element | null {
  if (refused.value.length === 0) return null
  const again = (): void => {
    const list = refused.value
    refused.value = []
    void addFiles(lab, list)
  }
  return (
    <div class="note" role="alert">
      <p>
        This browser had no room for {refused.value.map(({ name }) => name).join(', ')}. Nothing of it was
        kept.
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  )
}

let made = 0

function samples(count: number): readonly File[] {
  return Array.from({ length: count }, () => {
    const bytes = new Uint8Array(sampleBytes)
    for (let start = 0; start < sampleBytes; start += 65_536)
      crypto.getRandomValues(bytes.subarray(start, Math.min(sampleBytes, start + 65_536)))
    return new File([bytes], `sample-${++made}.bin`)
  })
}
