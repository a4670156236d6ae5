import * as z from 'zod'
import { readDoNotCallCell } from '#shared/domain/do-not-call/cell'
import {
  doNotCallChunk,
  doNotCallImport,
  doNotCallList,
  doNotCallReport,
  newDoNotCallImport,
} from '#shared/protocol/do-not-call'
import { audited } from '../auth/audit'
import { GLOBAL } from '../db/do-not-call'
import {
  doNotCallFaults,
  doNotCallImportOf,
  doNotCallImports,
  doNotCallImportView,
  finishDoNotCallImport,
  openDoNotCallImport,
  putDoNotCallChunk,
  type Fault,
  type OpenImport,
} from '../db/do-not-call-imports'
import { knownList, tellFollowers } from '../do-not-call'
import { numbering } from '../import/numbering'
import { RefusalError } from '../refusals'
import type { Env } from '../env'
import { body, endpoint, json, router } from './endpoint'

/**
 * POOL-16: a list of any length, chunk by chunk. Every chunk is on the list, and known to the pools that follow it, before it
 * is acknowledged; there is nothing to commit: barring takes effect at once.
 */
export const doNotCallImporting = router()
const tags = ['do not call']
const params = z.object({ importId: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })

async function importOf(env: Env, id: number): Promise<OpenImport> {
  const found = await doNotCallImportOf(env.DB, id)
  if (!found) throw new RefusalError('unknown-import')
  return found
}

endpoint(
  doNotCallImporting,
  'do-not-call.add',
  {
    method: 'post',
    path: '/do-not-call/imports',
    tags,
    summary: 'Open an import of numbers onto a list',
    request: body(newDoNotCallImport),
    responses: { 201: json(doNotCallImport, 'Open; its numbers follow in chunks') },
  },
  async (c) => {
    const { list, fileName, country, reason } = c.req.valid('json')
    await knownList(c.env, list)
    const opening = { list, fileName, country, reason: reason || null, byId: c.get('actor').userId, at: Date.now() }
    const id = await openDoNotCallImport(c.env.DB, opening)
    await audited(c, 'do-not-call.import', `do-not-call:${id}`, { list })
    return c.json(await doNotCallImportView(c.env.DB, id), 201)
  },
)

/** Idempotent by its number. `row` of a fault counts from 1 over the whole file, chunks of `size` rows before it. */
endpoint(
  doNotCallImporting,
  'do-not-call.add',
  {
    method: 'put',
    path: '/do-not-call/imports/{importId}/chunks/{n}',
    tags,
    summary: 'Up to 5,000 numbers, or beginnings with a star',
    request: {
      params: params.extend({ n: z.coerce.number().int().min(0).max(99_999) }),
      query: z.object({ firstRow: z.coerce.number().int().min(1).default(1) }),
      ...body(doNotCallChunk),
    },
    responses: { 200: json(doNotCallImport, 'The import so far: what is counted is barred') },
  },
  async (c) => {
    const { importId, n } = c.req.valid('param')
    const { firstRow } = c.req.valid('query')
    const { rows } = c.req.valid('json')
    const open = await importOf(c.env, importId)
    if (open.finishedAt !== null) throw new RefusalError('import-state')
    const at = Date.now()
    const { values, faults } = readCells(rows, open.country, firstRow)
    const { version } = await putDoNotCallChunk(c.env.DB, open, { n, rows: rows.length, values, faults, at })
    const { userId, name } = c.get('actor')
    const news = { list: open.list, version, at, by: { id: userId, name }, values }
    if (values.length > 0) await tellFollowers(c.env, open.list, (pool) => pool.addDoNotCall(news))
    return c.json(await doNotCallImportView(c.env.DB, importId), 200)
  },
)

function readCells(rows: string[], country: string, firstRow: number): { values: string[]; faults: Fault[] } {
  const values: string[] = []
  const faults: Fault[] = []
  rows.forEach((text, at) => {
    if (text.trim() === '') return
    const read = readDoNotCallCell(text, country, numbering)
    if (read.ok) values.push(...read.value)
    else faults.push({ row: firstRow + at, value: text.slice(0, 60), reason: read.refusal })
  })
  return { values, faults }
}

endpoint(
  doNotCallImporting,
  'do-not-call.add',
  {
    method: 'post',
    path: '/do-not-call/imports/{importId}/finish',
    tags,
    summary: 'No more chunks',
    request: { params },
    responses: { 200: json(doNotCallReport, 'What came of it') },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    await importOf(c.env, importId)
    await finishDoNotCallImport(c.env.DB, importId, Date.now())
    return c.json(await reportOf(c.env, importId), 200)
  },
)

endpoint(
  doNotCallImporting,
  'do-not-call.add',
  {
    method: 'get',
    path: '/do-not-call/imports/{importId}',
    tags,
    summary: 'An import and the first rows that are no numbers',
    request: { params },
    responses: { 200: json(doNotCallReport, 'As far as it has come') },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    await importOf(c.env, importId)
    return c.json(await reportOf(c.env, importId), 200)
  },
)
async function reportOf(env: Env, id: number) {
  return { ...(await doNotCallImportView(env.DB, id)), faults: await doNotCallFaults(env.DB, id) }
}

endpoint(
  doNotCallImporting,
  'do-not-call.add',
  {
    method: 'get',
    path: '/do-not-call/imports',
    tags,
    summary: 'The last imports onto a list',
    request: { query: z.object({ list: doNotCallList.default(GLOBAL) }) },
    responses: { 200: json(z.object({ items: z.array(doNotCallImport) }), 'Newest first') },
  },
  async (c) => c.json({ items: await doNotCallImports(c.env.DB, c.req.valid('query').list, 20) }, 200),
)
