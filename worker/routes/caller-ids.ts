import { callerIdRules, callerIdSetup, numbersOf, trunkSettings, type CallerIdRules } from '#shared/protocol/trunks'
import { audited } from '../auth/audit'
import { forgetTrunks } from '../carriers/trunk-book'
import { readCallerIds, writeCallerIds } from '../db/caller-ids'
import { poolIds } from '../db/pools'
import { readTrunks } from '../db/trunks'
import { usersOf } from '../db/users'
import type { Env } from '../env'
import { RefusalError } from '../refusals'
import { body, endpoint, json, router } from './endpoint'

/** SIP-9: which number those who are called see, by agent and by pool. Only numbers of our own trunks. */
export const callerIds = router()
const tags = ['trunks']

endpoint(
  callerIds,
  'trunk.read',
  {
    method: 'get',
    path: '/caller-ids',
    tags,
    summary: 'Who is shown which number, and the numbers that may be shown',
    responses: { 200: json(callerIdSetup, 'As it is now') },
  },
  async (c) => c.json({ rules: await readCallerIds(c.env.DB), numbers: await ownedNumbers(c.env) }, 200),
)

/** Refuses conflict (changed since `version`), invalid-input (a number that is not ours, somebody twice, or nobody there is). */
endpoint(
  callerIds,
  'trunk.change',
  {
    method: 'put',
    path: '/caller-ids',
    tags,
    summary: 'Set which number is shown, by agent and by pool',
    request: body(callerIdRules),
    responses: { 200: json(callerIdSetup, 'As it is now') },
  },
  async (c) => {
    const rules = c.req.valid('json')
    const numbers = await ownedNumbers(c.env)
    await check(c.env, rules, numbers)
    const written = await writeCallerIds(c.env.DB, rules, Date.now())
    if (!written) throw new RefusalError('conflict')
    forgetTrunks()
    await audited(c, 'trunk.change', 'caller-ids', { agents: rules.agents.length, pools: rules.pools.length })
    return c.json({ rules: written, numbers }, 200)
  },
)

async function check(env: Env, { agents, pools }: CallerIdRules, numbers: string[]): Promise<void> {
  const wrong = (field: string, message: string) => new RefusalError('invalid-input', undefined, [{ field, message }])
  const people = new Set(agents.map(({ userId }) => userId))
  if (people.size < agents.length) throw wrong('agents', 'twice')
  if (people.size > 0 && (await usersOf(env.DB, [...people])).length < people.size) throw wrong('agents', 'nobody')
  const known = new Set(await poolIds(env.DB))
  const named = new Set(pools.map(({ poolId }) => poolId))
  if (named.size < pools.length) throw wrong('pools', 'twice')
  if ([...named].some((id) => !known.has(id))) throw wrong('pools', 'nobody')
  for (const [field, some] of Object.entries({ agents, pools }))
    if (some.some(({ shows }) => shows !== 'withheld' && !numbers.includes(shows))) throw wrong(field, 'not-ours')
}

async function ownedNumbers(env: Env): Promise<string[]> {
  const rows = await readTrunks(env.DB)
  return [...new Set(rows.flatMap(({ settings }) => numbersOf(trunkSettings.parse(JSON.parse(settings)))))].sort()
}
