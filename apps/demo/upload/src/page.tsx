import type { ComponentChildren, JSX } from 'preact'
import { Header } from '../../src/shell/header.tsx'
import { AddFiles } from './add-files.tsx'
import { DeadGroups } from './dead-groups.tsx'
import { countOf, FileList } from './file-list.tsx'
import type { Lab } from './lab.ts'
import { trouble } from './look.ts'
import { Network } from './network.tsx'
import { Tabs } from './tabs.tsx'

const onTheWay = ['processing', 'retrying', 'scheduled', 'enqueued', 'blocked'] as const

/** The upload lab. */
export function Page({ lab }: { readonly lab: Lab }): JSX.Element {
  return (
    <Frame>
      {trouble.value !== '' && (
        <p class="note" role="alert" data-trouble>
          The files stand still, and nothing of them is lost. {trouble.value}
        </p>
      )}
      <div class="lab">
        <AddFiles lab={lab} />
        <Network lab={lab} />
        <Tabs />
        <FileList lab={lab} title="On the way" states={onTheWay} empty="Nothing waits." />
        <FileList lab={lab} title="Dead letters" states={['dead']} empty="None: nothing was given up.">
          <DeadGroups lab={lab} />
        </FileList>
        <FileList lab={lab} title="Arrived" states={['completed']} empty="Nothing yet." />
        <FileList lab={lab} title="Called off" states={['cancelled', 'expired']} empty="None." />
      </div>
      <p class="visually-hidden" role="status">
        {countOf(onTheWay)} on the way, {countOf(['completed'])} arrived, {countOf(['dead'])} dead letters
      </p>
      <p class="muted small">{lab.promise}</p>
    </Frame>
  )
}

/** What the page is without its store. */
export function Frame({ children }: { readonly children: ComponentChildren }): JSX.Element {
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
