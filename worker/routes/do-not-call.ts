import * as z from 'zod'
import { id } from '#shared/protocol/common'
import {
  doNotCallAnswer,
  doNotCallEntry,
  doNotCallList,
  doNotCallPage,
  doNotCallQuery,
  doNotCallValue,
} from '#shared/protocol/do-not-call'
import { csvParts } from '#shared/spreadsheet/csv-writer'
import { audited } from '../auth/audit'
import {
  barsOf,
  GLOBAL,
  isPrefix,
  listedValue,
  listValue,
  numbersAfter,
  prefixesOf,
  unlistValue,
  type ListedNumber,
} from '../db/do-not-call'
import { listPools } from '../db/pools'
import { knownList, tellFollowers } from '../do-not-call'
import { body, endpoint, json, router } from './endpoint'

/** POOL-16: the global list and the pools' own, durable here and with the pools that follow before it is acknowledged. */
export const doNotCall = router()
const tags = ['do not call']
const params = z.object({ number: doNotCallValue })
const onList = z.object({ list: doNotCallList.default(GLOBAL) })
const why = z.string().trim().max(200).optional()

const said = (row: ListedNumber | null) => ({
  at: row?.at ?? null,
  byId: row?.byId ?? null,
  byName: row?.byName ?? null,
  reason: row?.reason ?? null,
})
const shown = (list: string, number: string, row: ListedNumber | null) => ({
  list,
  number,
  listed: row !== null,
  ...said(row),
})

endpoint(
  doNotCall,
  'do-not-call.read',
  {
    method: 'get',
    path: '/do-not-call',
    tags,
    summary: 'Numbers of one list that nobody may call',
    request: { query: doNotCallQuery },
    responses: { 200: json(doNotCallPage, 'By number; beginnings have their own list') },
  },
  async (c) => {
    const { list, q = '', cursor = '', limit } = c.req.valid('query')
    const found = q.startsWith('+') ? { beginning: q } : { ending: q }
    const rows = await numbersAfter(c.env.DB, { list, after: cursor, limit, ...found })
    const nextCursor = rows.length === limit ? rows.at(-1)!.number : null
    return c.json({ items: rows.map((row) => shown(list, row.number, row)), nextCursor }, 200)
  },
)

endpoint(
  doNotCall,
  'do-not-call.read',
  {
    method: 'get',
    path: '/do-not-call/prefixes',
    tags,
    summary: 'Beginnings of numbers that one list bars',
    request: { query: onList },
    responses: { 200: json(doNotCallPage, 'All of them') },
  },
  async (c) => {
    const { list } = c.req.valid('query')
    const rows = await prefixesOf(c.env.DB, [list])
    return c.json({ items: rows.map((row) => shown(list, row.number, row)), nextCursor: null }, 200)
  },
)

const EXPORT_PAGE = 5_000
endpoint(
  doNotCall,
  'do-not-call.export',
  {
    method: 'get',
    path: '/do-not-call/export',
    tags,
    summary: 'A whole list as csv, streamed',
    request: { query: onList },
    responses: {
      200: { description: 'number, at, by, reason', content: { 'text/csv': { schema: { type: 'string' } } } },
    },
  },
  async (c) => {
    const { list } = c.req.valid('query')
    await knownList(c.env, list)
    await audited(c, 'do-not-call.export', 'do-not-call', { list })
    const parts = csvParts(['number', 'at', 'by', 'reason'], rowsOf(c.env.DB, list))
    const text = new ReadableStream<string>({
      async pull(controller) {
        const part = await parts.next()
        if (part.done) controller.close()
        else controller.enqueue(part.value)
      },
    })
    return c.body(text.pipeThrough(new TextEncoderStream()), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="do-not-call.csv"',
      'cache-control': 'no-store',
    })
  },
)
async function* rowsOf(db: D1Database, list: string) {
  const row = (one: ListedNumber) => [one.number, new Date(one.at).toISOString(), one.byName ?? null, one.reason]
  for (const one of await prefixesOf(db, [list])) yield row(one)
  for (let after = ''; ;) {
    const rows = await numbersAfter(db, { list, after, limit: EXPORT_PAGE })
    for (const one of rows) yield row(one)
    if (rows.length < EXPORT_PAGE) return
    after = rows.at(-1)!.number
  }
}

/** With `poolId` only what bars it in that pool; else on every list. */
endpoint(
  doNotCall,
  'do-not-call.read',
  {
    method: 'get',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Whether a number may not be called, and which list or beginning says so',
    request: { params, query: z.object({ poolId: id.optional() }) },
    responses: { 200: json(doNotCallAnswer, '`listed` says it, `bars` why') },
  },
  async (c) => {
    const { number } = c.req.valid('param')
    const { poolId } = c.req.valid('query')
    const pools = await listPools(c.env.DB)
    const names = new Map(pools.map((pool) => [pool.id, pool.name]))
    const lists = [GLOBAL, ...(poolId ? [poolId] : names.keys())]
    const rows = isPrefix(number)
      ? (await prefixesOf(c.env.DB, lists)).filter((row) => row.number === number)
      : await barsOf(c.env.DB, number, lists)
    const bars = rows.map((row) => ({
      list: row.list,
      poolName: names.get(row.list) ?? null,
      value: row.number,
      ...said(row),
    }))
    return c.json({ number, listed: bars.length > 0, ...said(rows[0] ?? null), bars }, 200)
  },
)

endpoint(
  doNotCall,
  'do-not-call.add',
  {
    method: 'put',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Put a number, or with a star a beginning, on a list; every hold on it ends',
    request: { params, query: onList, ...body(z.object({ reason: why })) },
    responses: { 200: json(doNotCallEntry, 'Listed, and known to every pool that follows the list') },
  },
  async (c) => {
    const { number } = c.req.valid('param')
    const { list } = c.req.valid('query')
    await knownList(c.env, list)
    const { userId, name } = c.get('actor')
    const at = Date.now()
    const reason = c.req.valid('json').reason || null
    const { changed, version } = await listValue(c.env.DB, { list, number, at, byId: userId, reason })
    const news = { list, version, at, by: { id: userId, name }, values: [number] }
    await tellFollowers(c.env, list, (pool) => pool.addDoNotCall(news))
    if (changed) await audited(c, 'do-not-call.add', 'do-not-call', { list })
    return c.json(shown(list, number, await listedValue(c.env.DB, list, number)), 200)
  },
)

/** An administrator's; entries that it barred stay so until each is reopened (POOL-3). */
endpoint(
  doNotCall,
  'do-not-call.remove',
  {
    method: 'delete',
    path: '/do-not-call/{number}',
    tags,
    summary: 'Take a number, or with a star a beginning, off a list',
    request: { params, query: onList.extend({ reason: why }) },
    responses: { 200: json(doNotCallEntry, 'No longer listed') },
  },
  async (c) => {
    const { number: value } = c.req.valid('param')
    const { list, reason = null } = c.req.valid('query')
    const { changed, version } = await unlistValue(c.env.DB, list, value)
    await knownList(c.env, list)
    await tellFollowers(c.env, list, (pool) => pool.removeDoNotCall({ list, version, value }))
    if (changed) await audited(c, 'do-not-call.remove', 'do-not-call', { list, reason })
    return c.json(shown(list, value, null), 200)
  },
)
