/** The few things the edge does to a session description; everything else passes through as it came (RFC 8866, RFC 3264). */

const DIRECTION = /^a=(?:sendrecv|sendonly|recvonly|inactive)\r?\n/gm

/** Every media section in this direction (RFC 3264 §8.4: `inactive` is hold for both). */
export function direct(sdp: string, direction: 'sendrecv' | 'inactive'): string {
  const [session = '', ...media] = sdp.split(/^(?=m=)/m)
  const line = `a=${direction}\r\n`
  const directed = media.map((section) => {
    const bare = section.replace(DIRECTION, '')
    return (bare.endsWith('\n') ? bare : `${bare}\r\n`) + line
  })
  return session.replace(DIRECTION, '') + directed.join('')
}

/**
 * An offer made of what was an answer: its DTLS role becomes open again (RFC 8842 §5.2), and it repeats no direction
 * the other side's answer narrowed.
 */
export function asOffer(sdp: string): string {
  return sdp.replace(/^a=setup:(?:active|passive)(\r?)$/gm, 'a=setup:actpass$1')
}

/** The session version raised (RFC 3264 §8: every new offer in a session must), so that phones see a change. */
export function raiseVersion(sdp: string, by: number): string {
  if (by === 0) return sdp
  return sdp.replace(
    /^(o=\S+ \S+ )(\d{1,20})/m,
    (_, head: string, version: string) => head + (BigInt(version) + BigInt(by)),
  )
}

/** Whether whoever said this has put the other side on hold: nothing is received, or wanted, from it (RFC 3264 §8.4). */
export const isHolding = (sdp: string | null): boolean => sdp !== null && /^a=(?:sendonly|inactive)\r?$/m.test(sdp)

/** Without a way to send to it (RFC 8839): the one who gets this gathers and waits. */
export const withoutCandidates = (sdp: string): string =>
  sdp.replace(/^a=(?:candidate:.*|end-of-candidates)\r?\n/gm, '')

/**
 * The offerer takes the DTLS client's part (RFC 8842 §5.2), which it may as it left the choice open. Of two sides that are brought
 * together the offerer learns last where the other is: as client it speaks only then, where the other's first words would be lost.
 */
export const asDtlsClient = (sdp: string): string => sdp.replace(/^a=setup:actpass(\r?)$/gm, 'a=setup:active$1')

/**
 * What this side's last description is as an answer to an offer of the other, whose last description was `theirs`: the DTLS parts
 * stay as they were, so that neither notices.
 */
export function asAnswer(sdp: string, theirs: string | null): string {
  const role = /^a=setup:active\r?$/m.test(theirs ?? '') ? 'passive' : 'active'
  return sdp.replace(/^a=setup:actpass(\r?)$/gm, `a=setup:${role}$1`)
}
