import * as z from 'zod'
import { may } from '#shared/domain/access/table'
import { callerCard } from '#shared/protocol/caller-card'
import { callPage, callQuery, callView } from '#shared/protocol/calls'
import { id } from '#shared/protocol/common'
import { legQuality } from '#shared/protocol/quality'
import { findCall, listCalls } from '../db/calls'
import { RefusalError } from '../refusals'
import { callRoom, ledgerRoom, poolRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'

export const calls = router()

/** Newest first. AUTH-1: without attempt.read.any only one's own. */
endpoint(
  calls,
  'attempt.read.own',
  {
    method: 'get',
    path: '/calls',
    tags: ['calls'],
    summary: 'Calls that ended, newest first',
    request: { query: callQuery },
    responses: { 200: json(callPage, 'A page of calls') },
  },
  async (c) => {
    const actor = c.get('actor')
    const query = c.req.valid('query')
    const agentId = may(actor.role, 'attempt.read.any') ? query.agentId : actor.userId
    return c.json(await listCalls(c.env.DB, { ...query, agentId }), 200)
  },
)

/** Another agent's call is as unknown to an agent as one that never was. */
endpoint(
  calls,
  'attempt.read.own',
  {
    method: 'get',
    path: '/calls/{callId}',
    tags: ['calls'],
    summary: 'One call that ended',
    request: { params: z.object({ callId: id }) },
    responses: { 200: json(callView, 'The call') },
  },
  async (c) => {
    const actor = c.get('actor')
    const call = await findCall(c.env.DB, c.req.valid('param').callId)
    if (!call || (call.agentId !== actor.userId && !may(actor.role, 'attempt.read.any')))
      throw new RefusalError('unknown-call')
    return c.json(call, 200)
  },
)

/** PHONE-3: for whom it rings or who talks. Refuses unknown-call, also where the pool does not know who calls. */
endpoint(
  calls,
  'call.control.own',
  {
    method: 'get',
    path: '/calls/{callId}/caller',
    tags: ['calls'],
    summary: 'The customer who calls a pool, as a desk shows them',
    request: { params: z.object({ callId: id }) },
    responses: { 200: json(callerCard, 'As one in hand, without a hold') },
  },
  async (c) => {
    const room = callRoom(c.env, c.req.valid('param').callId)
    const isTheirs = (await room.present()).includes(c.get('actor').userId)
    const known = isTheirs ? await room.knownCaller() : null
    const card = known && (await poolRoom(c.env, known.poolId).callerCard(known.entryId))
    if (!card) throw new RefusalError('unknown-call')
    c.header('cache-control', 'no-store')
    return c.json(card, 200)
  },
)

/** PHONE-7: what this leg's phone measured, when its call ended or goes on; the longest report stays. Refuses unknown-call. */
endpoint(
  calls,
  'call.control.own',
  {
    method: 'put',
    path: '/calls/{callId}/quality',
    tags: ['calls'],
    summary: 'Report how a call sounded on your phone',
    request: { params: z.object({ callId: id }), ...body(legQuality) },
    responses: { 204: { description: 'Taken; with the call soon' } },
  },
  async (c) => {
    const { userId } = c.get('actor')
    const { callId } = c.req.valid('param')
    if (!(await callRoom(c.env, callId).parties()).includes(userId)) throw new RefusalError('unknown-call')
    await ledgerRoom(c.env, callId).bookLeg({ ...c.req.valid('json'), callId, userId })
    return c.body(null, 204)
  },
)
