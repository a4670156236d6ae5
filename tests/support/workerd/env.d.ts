import type { D1Migration } from 'cloudflare:test'
import type { Env } from '../../../worker/env'

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
}
interface TestEnv extends Env {
  TEST_MIGRATIONS: D1Migration[]
}
export {}
