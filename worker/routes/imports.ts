import { z } from '@hono/zod-openapi'
import { uuidv7 } from 'uuidv7'
import { id, language } from '#shared/protocol/common'
import {
  importChoices,
  importMemory,
  importMemoryQuery,
  importPage,
  importQuery,
  importView,
  openImport as opening,
  rowPage,
  rowQuery,
} from '#shared/protocol/imports'
import { listImports } from '../db/imports'
import { waitFor } from '../db/projection'
import { errorsFile } from '../import/errors-file'
import { importUpload } from '../import/program'
import { commitImport, granted, importIdOf, openImport, poolOf, putChunk, undoImport } from '../import/run'
import { readUpload } from '../import/upload'
import { RefusalError } from '../refusals'
import { poolRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'
import { chunk, rowsOf, upload } from './import-bodies'

export const imports = router()

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const inPool = z.object({ poolId: id })
const inImport = z.object({ importId: id })

/** IMP-5: opens an import whose rows follow in chunks; or as multipart reads a whole file, and commits it when asked to. */
endpoint(
  imports,
  'import.run',
  {
    method: 'post',
    path: '/pools/{poolId}/imports',
    tags: ['imports'],
    summary: 'Open an import (JSON), or import a file in one request (multipart)',
    request: {
      params: inPool,
      body: { content: { 'application/json': { schema: opening }, 'multipart/form-data': upload } },
    },
    responses: { 201: json(importView, 'The import; with a file its dry run, or what was committed') },
  },
  async (c) => {
    const { poolId } = c.req.valid('param')
    const base = { id: importIdOf(poolId, uuidv7()), by: c.get('actor'), at: Date.now() }
    if (/^multipart\/form-data/i.test(c.req.header('content-type') ?? '')) {
      const file = await readUpload(c.req.raw)
      if (!file.ok) throw new RefusalError(file.refusal, file.detail)
      return c.json(await importUpload(c.env, base, file.value), 201)
    }
    const asked = opening.safeParse(await c.req.json().catch(() => null))
    if (!asked.success) throw new RefusalError('invalid-input')
    const rowCount = asked.data.rowCount ?? null
    return c.json(await openImport(c.env, { ...base, ...asked.data, rowCount }), 201)
  },
)

/** IMP-5: idempotent by its number; rows already committed in a chunk of the same number must be the same rows. */
endpoint(
  imports,
  'import.run',
  {
    method: 'put',
    path: '/imports/{importId}/chunks/{n}',
    tags: ['imports'],
    summary: 'Send up to 1,000 rows of an open import',
    request: {
      params: inImport.extend({ n: z.coerce.number().int().min(0).max(9_999) }),
      body: { required: true, content: { 'application/json': chunk } },
    },
    responses: { 200: json(z.object({ received: z.int() }), 'Rows received so far') },
  },
  async (c) => {
    const { importId, n } = c.req.valid('param')
    return c.json(await putChunk(c.env, importId, n, rowsOf(await c.req.json().catch(() => null))), 200)
  },
)

/** IMP-4: the dry run while it is not committed, the record afterwards. */
endpoint(
  imports,
  'import.read',
  {
    method: 'get',
    path: '/imports/{importId}',
    tags: ['imports'],
    summary: 'What an import would do, or has done',
    request: { params: inImport },
    responses: { 200: json(importView, 'The import') },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    return c.json(granted(await poolRoom(c.env, poolOf(importId)).importView(importId)), 200)
  },
)

endpoint(
  imports,
  'import.read',
  {
    method: 'get',
    path: '/imports/{importId}/rows',
    tags: ['imports'],
    summary: 'Rows with their verdicts, in the order of the file',
    request: { params: inImport, query: rowQuery },
    responses: { 200: json(rowPage, 'A page of rows') },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    const { verdict = [], warned, cursor, limit } = c.req.valid('query')
    const page = granted(
      await poolRoom(c.env, poolOf(importId)).importRows(importId, {
        verdicts: verdict,
        warned: warned === 'true',
        cursor,
        limit,
      }),
    )
    return c.json({ items: page.items.map(({ given: _given, ...row }) => row), nextCursor: page.nextCursor }, 200)
  },
)

/** IMP-4: before it is committed; the counts of the dry run follow at once. */
endpoint(
  imports,
  'import.run',
  {
    method: 'patch',
    path: '/imports/{importId}',
    tags: ['imports'],
    summary:
      'Choose what happens to numbers that are known or shared; say how many rows there are, where that was not known',
    request: { params: inImport, ...body(importChoices) },
    responses: { 200: json(importView, 'The import under its new choices') },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    const { rowCount, policy, reopenUnreachable, sharedNumbers } = c.req.valid('json')
    const choices = {
      ...(rowCount === undefined ? {} : { rowCount }),
      ...(policy ? { policy } : {}),
      ...(reopenUnreachable === undefined ? {} : { reopenUnreachable }),
      ...(sharedNumbers ? { sharedNumbers } : {}),
    }
    return c.json(granted(await poolRoom(c.env, poolOf(importId)).chooseImport(importId, choices)), 200)
  },
)

/** IMP-5: within a day; what somebody has worked with since stays. Ask again while `state` is undoing. */
endpoint(
  imports,
  'import.run',
  {
    method: 'post',
    path: '/imports/{importId}/undo',
    tags: ['imports'],
    summary: 'Take an import back; repeat until its state is undone',
    request: { params: inImport },
    responses: { 200: json(importView, 'The import, with what was taken back') },
  },
  async (c) => c.json(await undoImport(c.env, c.get('actor'), c.req.valid('param').importId, Date.now), 200),
)

/** IMP-2, 5: asked with a file in hand, before it is sent. */
endpoint(
  imports,
  'import.read',
  {
    method: 'get',
    path: '/pools/{poolId}/import-memory',
    tags: ['imports'],
    summary: 'How such columns were matched before, and the same file half imported',
    request: { params: inPool, query: importMemoryQuery },
    responses: { 200: json(importMemory, 'What the pool remembers') },
  },
  async (c) => {
    const room = poolRoom(c.env, c.req.valid('param').poolId)
    const { userId } = c.get('actor')
    return c.json(granted(await room.importMemory({ userId, ...c.req.valid('query') })), 200)
  },
)

/** IMP-9: rows become pullable slice by slice. Ask again while `state` is committing. */
endpoint(
  imports,
  'import.run',
  {
    method: 'post',
    path: '/imports/{importId}/commit',
    tags: ['imports'],
    summary: 'Commit an import; repeat until its state is committed',
    request: { params: inImport },
    responses: { 200: json(importView, 'The import') },
  },
  async (c) => c.json(await commitImport(c.env, c.req.valid('param').importId, Date.now), 200),
)

endpoint(
  imports,
  'import.read',
  {
    method: 'get',
    path: '/imports/{importId}/errors.xlsx',
    tags: ['imports'],
    summary: 'The rows held back, with reasons, in the shape of the file',
    request: { params: inImport, query: z.object({ language: language.default('en') }) },
    responses: {
      200: { description: 'A spreadsheet', content: { [XLSX]: { schema: { type: 'string', format: 'binary' } } } },
    },
  },
  async (c) => {
    const { importId } = c.req.valid('param')
    const view = granted(await poolRoom(c.env, poolOf(importId)).importView(importId))
    return c.body(errorsFile(c.env, view, c.req.valid('query').language), 200, {
      'content-type': XLSX,
      'content-disposition': `attachment; filename="held-back.xlsx"`,
      'cache-control': 'no-store',
    })
  },
)

endpoint(
  imports,
  'import.read',
  {
    method: 'get',
    path: '/pools/{poolId}/imports',
    tags: ['imports'],
    summary: 'The imports of a pool, newest first',
    request: { params: inPool, query: importQuery },
    responses: { 200: json(importPage, 'A page of imports') },
  },
  async (c) => {
    const { after, cursor, limit } = c.req.valid('query')
    await waitFor(c.env.DB, after)
    return c.json(await listImports(c.env.DB, { ...c.req.valid('param'), cursor, limit }), 200)
  },
)
