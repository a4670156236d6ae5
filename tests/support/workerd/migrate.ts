import './wrap-once'
import { applyD1Migrations, env, reset } from 'cloudflare:test'
import { beforeEach } from 'vitest'
import { nextTest } from './numbers'

// files share a runtime, for starting one takes longer than most of them: each begins with nothing stored, and no room awake
await reset()
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
// said here, for a module that several files import is evaluated once
beforeEach(nextTest)
