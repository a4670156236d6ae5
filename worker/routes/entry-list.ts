import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { id } from '#shared/protocol/common'
import { entryFacets, entryOutline, entryRowPage, entrySearch, entryView, newEntryView } from '#shared/protocol/entries'
import { outlineOf, searchEntries, tagsOf } from '../db/entry-list'
import { deleteView, insertView, listViews } from '../db/entry-views'
import { waitFor } from '../db/projection'
import { RefusalError } from '../refusals'
import { body, endpoint, json, router } from './endpoint'

/** POOL-24: a pool's entries as lists show them, out of D1; the pool's room is not asked. */
export const entryList = router()
const tags = ['pools']
const params = z.object({ poolId: id })

endpoint(
  entryList,
  'customer.read',
  {
    method: 'post',
    path: '/pools/{poolId}/entries/outline',
    tags,
    summary: 'How many entries match, and the cursor of every 200th',
    request: { params, ...body(entrySearch.pick({ filter: true, sort: true, after: true })) },
    responses: { 200: json(entryOutline, 'Any page can be asked for by the cursor before it') },
  },
  async (c) => {
    const { after, ...asked } = c.req.valid('json')
    await waitFor(c.env.DB, after)
    return c.json(await outlineOf(c.env.DB, { ...c.req.valid('param'), ...asked, now: Date.now() }), 200)
  },
)

/** The text searched for may be a name: it travels in the body, so that no log of addresses keeps it. */
endpoint(
  entryList,
  'customer.read',
  {
    method: 'post',
    path: '/pools/{poolId}/entries/search',
    tags,
    summary: 'Entries that match, in the order asked for',
    request: { params, ...body(entrySearch) },
    responses: { 200: json(entryRowPage, 'One page; `after` waits up to 2 s for your own change') },
  },
  async (c) => {
    const { after, ...asked } = c.req.valid('json')
    await waitFor(c.env.DB, after)
    return c.json(await searchEntries(c.env.DB, { ...c.req.valid('param'), ...asked, now: Date.now() }), 200)
  },
)

endpoint(
  entryList,
  'customer.read',
  {
    method: 'get',
    path: '/pools/{poolId}/entries/facets',
    tags,
    summary: 'The tags that occur in a pool',
    request: { params },
    responses: { 200: json(entryFacets, 'Values to narrow the list by') },
  },
  async (c) => c.json({ tags: await tagsOf(c.env.DB, c.req.valid('param').poolId) }, 200),
)

endpoint(
  entryList,
  'view.keep',
  {
    method: 'get',
    path: '/pools/{poolId}/views',
    tags,
    summary: 'Saved views of a pool’s list: one’s own and those shared',
    request: { params },
    responses: { 200: json(z.object({ items: z.array(entryView) }), 'By name') },
  },
  async (c) => c.json({ items: await listViews(c.env.DB, c.req.valid('param').poolId, c.get('actor').userId) }, 200),
)

endpoint(
  entryList,
  'view.keep',
  {
    method: 'post',
    path: '/pools/{poolId}/views',
    tags,
    summary: 'Keep a view; shared ones are everyone’s to use',
    request: { params, ...body(newEntryView) },
    responses: { 201: json(entryView, 'Kept') },
  },
  async (c) => {
    const { name, isShared, shows } = c.req.valid('json')
    const { userId, name: userName } = c.get('actor')
    const row = { id: uuidv7(), ...c.req.valid('param'), userId, userName, name, isShared, createdAt: Date.now() }
    await insertView(c.env.DB, { ...row, shows: JSON.stringify(shows) })
    return c.json({ id: row.id, name, isShared, isMine: true, by: userName, shows }, 201)
  },
)

endpoint(
  entryList,
  'view.keep',
  {
    method: 'delete',
    path: '/pools/{poolId}/views/{viewId}',
    tags,
    summary: 'Take away a view of one’s own',
    request: { params: params.extend({ viewId: id }) },
    responses: { 204: { description: 'Gone' } },
  },
  async (c) => {
    const { poolId, viewId } = c.req.valid('param')
    if (!(await deleteView(c.env.DB, poolId, viewId, c.get('actor').userId))) throw new RefusalError('not-found')
    return c.body(null, 204)
  },
)
