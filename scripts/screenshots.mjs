// `npm run screenshots`: the pictures of README, made by the app itself.
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'

ensureInstalled()
await ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
const { takeScreenshots } = await import('./pictures/take.ts')
await takeScreenshots()
