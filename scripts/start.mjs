// `npm start`: on a fresh clone installs and builds, then serves. The second start takes seconds.
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'

ensureInstalled()
await ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
const { serve } = await import('./serve/serve.ts')
await serve()
