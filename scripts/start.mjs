// `npm start`: on a fresh clone installs and builds, then serves. The second start takes seconds. `-- --as-built` serves what is there.
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'

ensureInstalled()
if (!process.argv.includes('--as-built')) await ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
const { serve } = await import('./serve/serve.ts')
await serve()
