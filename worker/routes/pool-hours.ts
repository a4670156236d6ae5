import * as z from 'zod'
import { dateOf } from '#shared/domain/hours/holiday'
import { PACKS, STATE_PACKS, type Pack } from '#shared/domain/hours/packs'
import { e164, id } from '#shared/protocol/common'
import { hoursPacks, hoursPreview, poolHours, whyEntry, whyNothing } from '#shared/protocol/pool-hours'
import { receipt } from '#shared/protocol/receipt'
import { usersOf } from '../db/users'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { isRefusal, type Asked } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

/** When customers may be called (POOL-18), why nothing is due (POOL-8), and the check before a dial (POOL-20). */
export const hours = router()
const params = z.object({ poolId: id })

function answered<T>(reply: Asked<T>): T {
  if (isRefusal(reply)) throw new RefusalError(reply.refused, reply.detail)
  return reply
}

endpoint(
  hours,
  'pool.list',
  {
    method: 'get',
    path: '/calling-hours/packs',
    tags: ['pools'],
    summary: 'Jurisdiction packs: when a country or state lets people be called',
    responses: { 200: json(hoursPacks, 'Countries, then what their states add') },
  },
  (c) => c.json({ items: [...PACKS, ...STATE_PACKS].map((pack) => packView(pack, Date.now())) }, 200),
)

/** Holidays of this year and the next that are still to come. */
function packView({ code, version, basis, source, week, holidays }: Pack, now: number) {
  const today = new Date(now).toISOString().slice(0, 10)
  const year = Number(today.slice(0, 4))
  const dates = [year, year + 1].flatMap((one) => holidays.map((rule) => dateOf(rule, one)))
  return {
    code,
    version,
    basis,
    source,
    week: week.map((windows) => [...windows]),
    holidays: [...new Set(dates)].filter((date) => date >= today).sort(),
  }
}

endpoint(
  hours,
  'pool.change',
  {
    method: 'post',
    path: '/pools/{poolId}/hours/preview',
    tags: ['pools'],
    summary: 'What calling hours would do now, before they are kept',
    request: { params, ...body(z.object({ hours: poolHours.nullable() })) },
    responses: { 200: json(hoursPreview, 'How many of those who wait could be called now') },
  },
  async (c) => {
    const { hours: wanted } = c.req.valid('json')
    return c.json(answered(await poolRoom(c.env, c.req.valid('param').poolId).previewHours(wanted)), 200)
  },
)

endpoint(
  hours,
  'pool.why',
  {
    method: 'get',
    path: '/pools/{poolId}/why',
    tags: ['pools'],
    summary: 'Why nothing is due: the pool by the rule that blocks',
    request: { params },
    responses: { 200: json(whyNothing, 'Counts add up to `total`') },
  },
  async (c) => c.json(answered(await poolRoom(c.env, c.req.valid('param').poolId).whyNothing()), 200),
)

/** Refuses unknown-pool, unknown-entry. */
endpoint(
  hours,
  'pool.why',
  {
    method: 'get',
    path: '/pools/{poolId}/entries/{entryId}/why',
    tags: ['pools'],
    summary: 'Why this customer is not being called',
    request: { params: params.extend({ entryId: id }) },
    responses: { 200: json(whyEntry, 'Every rule that holds now') },
  },
  async (c) => {
    const { poolId, entryId } = c.req.valid('param')
    const why = answered(await poolRoom(c.env, poolId).whyEntry(entryId))
    const ids = why.rules.flatMap(({ agentId }) => agentId ?? [])
    const names = new Map((ids.length > 0 ? await usersOf(c.env.DB, ids) : []).map((user) => [user.id, user.name]))
    const rules = why.rules.map((held) => ({ ...held, agentName: names.get(held.agentId ?? '') ?? held.agentName }))
    return c.json({ ...why, rules }, 200)
  },
)

/**
 * For a call that does not pass through here: on a handset, or by the computer's own telephone program. A call of the
 * browser is checked where it is routed. Refuses outside-hours, do-not-call, foreign-token.
 */
endpoint(
  hours,
  'pull',
  {
    method: 'post',
    path: '/pools/{poolId}/dials',
    tags: ['pulls'],
    summary: 'May the customer in hand be called now?',
    request: { params, ...body(z.object({ entryId: id, token: z.int(), number: e164.optional() })) },
    responses: { 200: json(z.object({ receipt }), 'Yes; the attempt will keep what was checked') },
  },
  async (c) => {
    const input = { ...c.req.valid('json'), agentId: c.get('actor').userId }
    return c.json(answered(await poolRoom(c.env, c.req.valid('param').poolId).checkDial(input)), 200)
  },
)
