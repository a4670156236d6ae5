// `npm run dev`: the same state in `wrangler dev`, as the deployed Worker would see it (its logs, its inspector).
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'

ensureInstalled()
await ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
const { wranglerDev } = await import('./serve/wrangler-dev.ts')
await wranglerDev()
