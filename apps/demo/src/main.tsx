import { render } from 'preact'
import { App } from './shell/app.tsx'
import './style/tokens.css'
import './style/base.css'
import './style/lesson.css'

render(<App />, document.getElementById('app')!)

if ('serviceWorker' in navigator) void navigator.serviceWorker.register('./service-worker.js')
