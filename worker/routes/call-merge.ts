import * as z from 'zod'
import { may } from '#shared/domain/access/table'
import { id } from '#shared/protocol/common'
import { merged, mergeOrder } from '#shared/protocol/sip'
import { RefusalError } from '../refusals'
import { agentRoom } from '../rooms/doors'
import { isRefusal } from '../rooms/ports'
import { liveCall } from './call-control'
import { body, endpoint, json, router } from './endpoint'

export const callMerges = router()

/**
 * SIP-4, PHONE-4: the agent's page brings this call and their other one together, or takes them apart again (DELETE). The edge orders
 * it; the sound is mixed there (decision 0176). An agent orders their own page, a supervisor any. Refuses unknown-call, call-not-talking,
 * no-second-call, phone-not-registered.
 */
for (const [method, on] of [
  ['post', true],
  ['delete', false],
] as const) {
  endpoint(
    callMerges,
    'call.merge',
    {
      method,
      path: '/calls/{callId}/merge',
      tags: ['calls'],
      summary: on ? 'Bring two calls of an agent together' : 'Take two calls apart again',
      request: { params: z.object({ callId: id }), ...(on ? body(mergeOrder) : {}) },
      responses: { 202: json(merged, 'The agent’s page was told; the calls’ states say what came of it') },
    },
    async (c) => {
      const actor = c.get('actor')
      const { callId } = c.req.valid('param')
      const order = on ? (c.req.valid('json' as never) as z.infer<typeof mergeOrder>) : {}
      const { picture, isTheirs } = await liveCall(c.env, callId, actor)
      const agentId = isTheirs || !may(actor.role, 'call.control.any') ? actor.userId : picture.agentId
      const told = await agentRoom(c.env, agentId).merge({ callId, with: order.with ?? null, on })
      if (isRefusal(told)) throw new RefusalError(told.refused)
      return c.json({ agentId, ...told }, 202)
    },
  )
}
