import type { JobView } from 'millrace'
import type { JSX } from 'preact'
import { Header } from '../../src/shell/header.tsx'
import { AddFiles } from './add-files.tsx'
import { FileRow } from './file-row.tsx'
import { files, type Lab } from './lab.ts'
import { Network } from './network.tsx'

/** The upload lab. */
export function Page({ lab }: { readonly lab: Lab }): JSX.Element {
  const all = files.value
  const dead = all.filter(({ state }) => state === 'dead')
  const arrived = all.filter(({ state }) => state === 'completed')
  const queue = all.filter((job) => !dead.includes(job) && !arrived.includes(job))
  return (
    <Frame>
      <div class="lab">
        <AddFiles lab={lab} />
        <Network lab={lab} />
        <List lab={lab} title="On the way" jobs={queue} empty="Nothing waits." />
        <List lab={lab} title="Dead letters" jobs={dead} empty="None: nothing was given up." />
        <List lab={lab} title="Arrived" jobs={arrived} empty="Nothing yet." />
      </div>
      <p class="visually-hidden" role="status">
        {queue.length} on the way, {arrived.length} arrived, {dead.length} dead letters
      </p>
      <p class="muted small">{lab.promise}</p>
    </Frame>
  )
}

/** What the page is without its store. */
export function Frame({
  children,
}: {
  readonly children: JSX.Element | readonly JSX.Element[]
}): JSX.Element {
  return (
    <>
      <a class="skip" href="#main">
        Skip to the lab
      </a>
      <Header home="../" />
      <main id="main" class="lab-page" tabIndex={-1}>
        <h1>The upload lab</h1>
        <p class="idea">
          Files you add stay in this browser until the server has them. Cut the line, reload, close the tab in
          the middle, kill the browser: open the page again and they go on where they were. Open it twice:
          both tabs work.
        </p>
        {children}
      </main>
    </>
  )
}

interface ListProps {
  readonly lab: Lab
  readonly title: string
  readonly jobs: readonly JobView[]
  readonly empty: string
}

function List({ lab, title, jobs, empty }: ListProps): JSX.Element {
  const id = title.toLowerCase().replaceAll(' ', '-')
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>
        {title} <span class="muted">({jobs.length})</span>
      </h2>
      {jobs.length === 0 ? (
        <p class="muted">{empty}</p>
      ) : (
        <ul class="files">
          {jobs.map((job) => (
            <FileRow key={job.id} lab={lab} job={job} />
          ))}
        </ul>
      )}
    </section>
  )
}
