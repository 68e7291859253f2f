import { render } from 'preact'
import { prepareCrash } from './crash.ts'
import { openLab } from './lab.ts'
import { Frame, Page } from './page.tsx'
import '../../src/style/tokens.css'
import '../../src/style/base.css'
import '../../src/style/lesson.css'
import './upload.css'

const app = document.getElementById('app')!

prepareCrash()
if ('serviceWorker' in navigator) void navigator.serviceWorker.register('../service-worker.js')
render(
  <Frame>
    <p class="muted" role="status">
      Opening what this browser has kept …
    </p>
  </Frame>,
  app,
)
try {
  const lab = await openLab()
  render(<Page lab={lab} />, app)
} catch (error) {
  render(
    <Frame>
      <p class="note" role="alert">
        The lab cannot be opened: {String(error)}
      </p>
    </Frame>,
    app,
  )
}
