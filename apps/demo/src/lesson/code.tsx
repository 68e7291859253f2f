import type { JSX } from 'preact'

/** What does it in a real application; a test runs exactly this text. */
export function Code({ about, text }: { readonly about: string; readonly text: string }): JSX.Element {
  return (
    <section class="card" aria-labelledby="code-title">
      <h2 id="code-title">In your application</h2>
      <p>{about}</p>
      <pre tabIndex={0} role="region" aria-label="Code">
        <code>{text.trim()}</code>
      </pre>
    </section>
  )
}
