import type { JSX } from 'preact'
import { crash } from './crash.ts'

/** More pages, and fewer. */
export function Tabs(): JSX.Element {
  return (
    <section class="card" aria-labelledby="tabs">
      <h2 id="tabs">Tabs</h2>
      <p>
        Crash this tab while files are on their way: it ends at once, says goodbye to nobody, and opens again.
        What it sent counts as a crash, and goes on where the server is. With a second tab open, that one
        takes over.
      </p>
      <div class="row">
        <button type="button" onClick={crash}>
          Crash this tab
        </button>
        <a class="button" href="./" target="_blank" rel="noopener">
          Open a second tab
        </a>
      </div>
    </section>
  )
}
