import { isAside } from './monitor'
import { isGuest } from '../../carriers/demo'
import { isTrunk } from '../../carriers/trunk'
import type { SipRequest } from '../message'
import { parseReferTo } from '../replaces'
import { echoOf } from '../write'
import { startMove } from './move'
import type { Leg } from './state'
import type { Turn } from './turn'

const NEWS_SECONDS = 60

/**
 * RFC 3515: REFER ends here; the edge brings the two others together, and who asked hears how it goes by NOTIFY, unless they said
 * that they will not (`Refer-Sub: false`, RFC 4488). 202, or 400, 403 (a customer's side may not, nor an echo test), 491 (not now).
 */
export function onRefer(
  turn: Turn,
  leg: Leg,
  request: SipRequest,
  refuse: (status: number, reason: string, headers?: string[]) => void,
): void {
  if (isTrunk(leg.aor) || isGuest(leg.aor) || isAside(turn.state)) return refuse(403, 'Transfers Are Not Permitted')
  const to = request.all('refer-to').length === 1 ? parseReferTo(request.header('refer-to')) : null
  if (!to) return refuse(400, 'Bad Refer-To')
  const isSilent = request.header('refer-sub')?.trim().toLowerCase().startsWith('false') === true
  const referrer = isSilent ? null : { n: leg.n, cseq: request.cseq.number }
  if (!startMove(turn, leg, { target: to.user, replaces: to.replaces, referrer })) return refuse(491, 'Request Pending')
  turn.respond(leg, echoOf(request), 202, 'Accepted', { headers: isSilent ? ['Refer-Sub: false'] : [] })
  notify(turn, 100, 'Trying')
}

/** RFC 3515 §2.4.4 and 2.4.5: the subscription that a REFER makes, named by its CSeq; a final answer ends it. */
export function notify(turn: Turn, status: number, reason: string): void {
  const { referrer } = turn.state.move ?? {}
  const leg = referrer && turn.leg(referrer.n)
  if (leg?.state !== 'up') return
  turn.request(leg, 'NOTIFY', {
    body: `SIP/2.0 ${status} ${reason}\r\n`,
    contentType: 'message/sipfrag;version=2.0',
    headers: [
      `Event: refer;id=${referrer!.cseq}`,
      `Subscription-State: ${status < 200 ? `active;expires=${NEWS_SECONDS}` : 'terminated;reason=noresource'}`,
    ],
  })
}
