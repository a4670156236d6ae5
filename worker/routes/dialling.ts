import { mayDial, priceOf, type DiallingRules } from '#shared/domain/dialling/rules'
import { diallingRules, diallingView, dialTrial, dialVerdict } from '#shared/protocol/dialling'
import { audited } from '../auth/audit'
import { readDiallingRules, writeDiallingRules } from '../db/dialling-rules'
import { usersOf } from '../db/users'
import { factsOf } from '../dialling/number-facts'
import type { Env } from '../env'
import { log } from '../log'
import { RefusalError } from '../refusals'
import { agentRoom, meterRoom } from '../rooms/doors'
import { withTimeout } from '../rooms/room'
import { body, endpoint, json, router } from './endpoint'

export const dialling = router()
const tags = ['dialling']

endpoint(
  dialling,
  'dialling.read',
  {
    method: 'get',
    path: '/dialling-rules',
    tags,
    summary: 'Who may call what numbers, and what calls cost today',
    responses: { 200: json(diallingView, 'The rules, and what goes on now') },
  },
  async (c) => {
    const [rules, meter] = await Promise.all([readDiallingRules(c.env.DB), meterRoom(c.env).view()])
    return c.json({ rules, meter }, 200)
  },
)

/** Refuses conflict when they have changed since `version`. Every agent's room has them when this answers, or reads them later. */
endpoint(
  dialling,
  'dialling.change',
  {
    method: 'put',
    path: '/dialling-rules',
    tags,
    summary: 'Set the dialling rules',
    request: body(diallingRules),
    responses: { 200: json(diallingView, 'As they are now') },
  },
  async (c) => {
    const wanted = c.req.valid('json')
    const before = await readDiallingRules(c.env.DB)
    const rules = await writeDiallingRules(c.env.DB, wanted, Date.now())
    if (!rules) throw new RefusalError('conflict')
    await tellEveryRoom(c.env, rules)
    await audited(c, 'dialling.change', 'dialling', { fields: changedFields(before, rules), version: rules.version })
    return c.json({ rules, meter: await meterRoom(c.env).view() }, 200)
  },
)

/** What would be said of a number, whatever is going on: nothing is called. */
endpoint(
  dialling,
  'dialling.read',
  {
    method: 'post',
    path: '/dialling-rules/trials',
    tags,
    summary: 'Try the dialling rules on a number',
    request: body(dialTrial),
    responses: { 200: json(dialVerdict, 'What it is, and whether it may be called') },
  },
  async (c) => {
    const trial = c.req.valid('json')
    const rules = await readDiallingRules(c.env.DB)
    const facts = factsOf(trial.number)
    const granted = mayDial(rules, { ...trial, facts, live: 0, lastMinute: 0 })
    const refusal = granted.ok ? null : granted.refusal
    return c.json({ ...facts, refusal, pricePerMinute: priceOf(rules.spend, trial.number) }, 200)
  },
)

async function tellEveryRoom(env: Env, rules: DiallingRules): Promise<void> {
  const users = await usersOf(env.DB, 'everyone')
  const told = users.map(({ id }) => withTimeout(agentRoom(env, id).setDiallingRules(rules), 2_000))
  const missed = (await Promise.allSettled(told)).filter(({ status }) => status === 'rejected').length
  if (missed > 0) log.warn('rooms not told of the dialling rules', { missed })
}

function changedFields(before: DiallingRules, after: DiallingRules): string[] {
  const names = Object.keys(after) as (keyof DiallingRules)[]
  return names.filter((name) => name !== 'version' && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
