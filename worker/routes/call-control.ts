import * as z from 'zod'
import { may } from '#shared/domain/access/table'
import { id } from '#shared/protocol/common'
import { callControl, stoppedTransfer, transferOrder, transferStarted } from '#shared/protocol/sip'
import { RefusalError } from '../refusals'
import { agentRoom, callRoom } from '../rooms/doors'
import { isRefusal, type Actor } from '../rooms/ports'
import type { Env } from '../env'
import { body, endpoint, json, router } from './endpoint'

export const callControls = router()

const params = z.object({ callId: id })

/** A live call of theirs, or any for who may control any. Refuses unknown-call: another's call is as unknown as none. */
export async function liveCall(env: Env, callId: string, actor: Actor) {
  const room = callRoom(env, callId)
  const isTheirs = (await room.present()).includes(actor.userId)
  const picture = isTheirs || may(actor.role, 'call.control.any') ? await room.picture(callId) : null
  if (!picture || picture.endedAt !== null) throw new RefusalError('unknown-call')
  return { room, picture, isTheirs }
}

/** SIP-4: the server ends, holds or resumes a live call, whoever's page is open. Refuses unknown-call. */
for (const action of ['end', 'hold', 'resume'] as const) {
  endpoint(
    callControls,
    'call.control.own',
    {
      method: 'post',
      path: `/calls/{callId}/${action}`,
      tags: ['calls'],
      summary: `${action[0]!.toUpperCase()}${action.slice(1)} a live call`,
      request: { params },
      responses: { 200: json(callControl, 'What is so now; a hold is carried out in the same moment') },
    },
    async (c) => {
      const actor = c.get('actor')
      const { room } = await liveCall(c.env, c.req.valid('param').callId, actor)
      if (action === 'end') return c.json({ ...(await room.end(`ended by ${actor.role}`)), held: false }, 200)
      return c.json({ ended: false, ...(await room.hold(action === 'hold')) }, 200)
    },
  )
}

/**
 * SIP-4: whose call it is leaves it, and whom `to` names comes; until they talk nothing changes for who talks. An agent moves their
 * own end, a supervisor any agent's (`agentId`; else of whom the call is). Refuses unknown-call, call-not-talking, transfer-under-way.
 */
endpoint(
  callControls,
  'call.control.own',
  {
    method: 'post',
    path: '/calls/{callId}/transfer',
    tags: ['calls'],
    summary: 'Transfer a live call, or move it to another agent',
    request: { params, ...body(transferOrder) },
    responses: { 202: json(transferStarted, 'Under way: the floor and the agents hear how it goes') },
  },
  async (c) => {
    const actor = c.get('actor')
    const { room, picture, isTheirs } = await liveCall(c.env, c.req.valid('param').callId, actor)
    const { to, agentId } = c.req.valid('json')
    const from = may(actor.role, 'call.control.any')
      ? (agentId ?? (isTheirs ? actor.userId : picture.agentId))
      : actor.userId
    const by = await agentRoom(c.env, actor.userId).callerContext()
    const moved = await room.transfer({ from, to, by })
    if (isRefusal(moved)) throw new RefusalError(moved.refused)
    return c.json(moved, 202)
  },
)

/** Nobody new after all: who rings is let go, who was to leave talks on. Refuses unknown-call. */
endpoint(
  callControls,
  'call.control.own',
  {
    method: 'delete',
    path: '/calls/{callId}/transfer',
    tags: ['calls'],
    summary: 'Stop a transfer that is under way',
    request: { params },
    responses: { 200: json(stoppedTransfer, 'False: none was under way, or they talk already') },
  },
  async (c) => {
    const { room } = await liveCall(c.env, c.req.valid('param').callId, c.get('actor'))
    return c.json(await room.stopTransfer(), 200)
  },
)
