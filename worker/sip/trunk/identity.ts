import type { Identity } from '../b2bua/trunk-leg'

/** How a trunk's SBC wants to hear who calls. */
export type IdentityForm = 'from' | 'both' | 'asserted'
type Account = { domain: string; username: string; identity: IdentityForm }

/** RFC 3323 §4.1.1.3: the address of one who does not want to be known. */
const ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'

/**
 * Who calls, as it is written into an INVITE for an SBC (SIP-9). `number`: E.164, of ours. Withheld: From says nothing (RFC 3323), and
 * the network, which must know whom it lets call, is told by P-Asserted-Identity with `Privacy: id` (RFC 3325 §9.3).
 */
export function identityOf({ domain, username, identity }: Account, number: string, isWithheld: boolean): Identity {
  const address = `<sip:${number}@${domain}>`
  const asserted = `P-Asserted-Identity: ${address}`
  if (isWithheld) return { local: ANONYMOUS, identity: [asserted, 'Privacy: id'] }
  if (identity === 'from') return { local: address, identity: [] }
  return { local: identity === 'both' ? address : `<sip:${username}@${domain}>`, identity: [asserted] }
}
