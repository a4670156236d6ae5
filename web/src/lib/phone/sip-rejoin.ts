import { Inviter, type UserAgent, type URI } from 'sip.js'
import type { DialogName } from './kept-call'
import type { SipCall } from './sip-call'

const TRIES = 4

/**
 * PHONE-9: takes the place of a dialog that went with its page (RFC 3891), without an offer: the other side, which kept its media, makes
 * it. 491 (the other side negotiates just now) is tried again.
 */
export async function rejoin(call: SipCall, agent: UserAgent, to: URI, dialog: DialogName): Promise<boolean> {
  const { callId, toTag, fromTag } = dialog
  const extraHeaders = [`Replaces: ${callId};to-tag=${toTag};from-tag=${fromTag}`, 'Require: replaces']
  for (let n = 1; ; n++) {
    const status = await call.rejoin(new Inviter(agent, to, { inviteWithoutSdp: true, extraHeaders }), n === TRIES)
    if (status !== 491 || n === TRIES) return status < 300
    await new Promise((later) => setTimeout(later, 300 + Math.random() * 700))
  }
}
