import type * as z from 'zod'
import { leasesReleased, type leaseRelease } from '#shared/protocol/floor'
import type { AgentPicture, CallPicture } from '#shared/protocol/live'
import { callControl, transferStarted, type transferOrder } from '#shared/protocol/sip'
import { api, type Reply } from '$lib/api/client'
import { wordsFor } from '$lib/api/words'
import { m } from '$lib/paraglide/messages'
import { toasts } from '$lib/ui/toast.svelte'

/** FLOOR-2: what a supervisor does from the floor. The screen follows by the live events, not by the answer. */
export class FloorActions {
  isBusy = $state(false)

  async toggleHold(call: CallPicture): Promise<void> {
    const action = call.state === 'on-hold' ? 'resume' : 'hold'
    const reply = await this.doing(() => api.post(`/api/calls/${call.callId}/${action}`, { schema: callControl }))
    if (reply?.ok) toasts.show(reply.value.held ? m.floor_call_held() : m.floor_call_resumed())
  }

  /** SIP-4: that agent's end goes to another; the floor shows when they have answered. */
  async move(call: CallPicture, from: AgentPicture, to: AgentPicture): Promise<void> {
    const body: z.input<typeof transferOrder> = { to: to.agentId, agentId: from.agentId }
    const path = `/api/calls/${call.callId}/transfer`
    const reply = await this.doing(() => api.post(path, { body, schema: transferStarted }))
    if (reply?.ok) toasts.show(m.floor_moving({ agent: to.name }))
  }

  async end(call: CallPicture): Promise<void> {
    const reply = await this.doing(() => api.post(`/api/calls/${call.callId}/end`, { schema: callControl }))
    if (reply?.ok) toasts.show(m.floor_call_ended())
  }

  async release({ lease }: AgentPicture, reason: string): Promise<void> {
    if (!lease) return
    const body: z.input<typeof leaseRelease> = { poolId: lease.poolId, entryId: lease.entryId, reason }
    const reply = await this.doing(() => api.post('/api/floor/leases/release', { body, schema: leasesReleased }))
    if (!reply?.ok) return
    if (reply.value.released.length === 0) toasts.show(m.floor_released_none())
    else toasts.show(m.floor_released({ customer: lease.customerName ?? lease.phone }))
  }

  private async doing<T>(request: () => Promise<Reply<T>>): Promise<Reply<T> | null> {
    if (this.isBusy) return null
    this.isBusy = true
    const reply = await request().finally(() => (this.isBusy = false))
    if (!reply.ok) toasts.show(wordsFor(reply.problem), { tone: 'failed' })
    return reply
  }
}
