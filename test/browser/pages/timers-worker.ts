import { serveTimers } from '@millrace/browser'

serveTimers()
