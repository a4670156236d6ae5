import { callOf } from '#shared/domain/call/part'
import type { Phone, PhoneCall } from './phone'

type Order = { callIds: readonly string[]; on: boolean }
type Merging = Pick<Phone, 'isOwner' | 'call' | 'others' | 'isConference' | 'swap' | 'merge'>

/**
 * PHONE-4 by order of the edge (SIP-4): two calls of this telephone are brought together, or apart. Only the tab that owns the telephone
 * goes by it, and only while it has both.
 */
export async function followOrder(phone: Merging, { callIds, on }: Order): Promise<void> {
  if (!phone.isOwner || phone.isConference === on) return
  const wanted = new Set(callIds.map(callOf))
  const isWanted = (call: PhoneCall | null | undefined): call is PhoneCall =>
    typeof call?.id === 'string' && call.answeredAt !== null && call.state !== 'ended' && wanted.has(callOf(call.id))
  const ours = [phone.call, ...phone.others].filter(isWanted)
  if (ours.length !== wanted.size) return
  // one of them in hand and the other first beside it, whatever else is on hold
  if (on && !(isWanted(phone.call) && isWanted(phone.others[0])))
    for (const { line } of ours) if (phone.call?.line !== line) await phone.swap(line)
  await phone.merge(on)
}
