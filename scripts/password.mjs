// `npm run password -- USER`: makes a new password, through the running server if there is one.
import { ensureBuilt } from './build/ensure-built.mjs'
import { ensureInstalled } from './build/ensure-installed.mjs'

const [username] = process.argv.slice(2)
if (!username) {
  console.error('Say for whom: npm run password -- USER')
  process.exit(1)
}
ensureInstalled()
await ensureBuilt()
const { register } = await import('tsx/esm/api')
register()
const { passwordFor } = await import('./serve/password.ts')
await passwordFor(username)
