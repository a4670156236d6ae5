import { SessionState, type Session } from 'sip.js'
import type { PhoneCall } from './phone'

/** What the edge says of the carrier at the other end: its keys are to be told by INFO, not in the sound. */
export const KEYS_HEADER = 'X-Switchroom-Keys'
const KEY_MS = 160

type Headed = { getHeader(name: string): string | undefined }

export const keysOf = (message: Headed): PhoneCall['keysBy'] =>
  message.getHeader(KEYS_HEADER) === 'info' ? 'info' : 'rfc4733'

/** One key as `application/dtmf-relay`, the body that carriers without telephone events agree on; in the INFO of RFC 6086. */
export function keyBody(digit: string): string {
  return `Signal=${digit}\r\nDuration=${KEY_MS}\r\n`
}

/** False: there is no dialog to say it in. */
export async function sendKey(session: Session | null, digit: string): Promise<boolean> {
  if (session?.state !== SessionState.Established) return false
  const body = {
    contentDisposition: 'render',
    contentType: 'application/dtmf-relay',
    content: keyBody(digit),
  }
  await session.info({ requestOptions: { body } }).catch(() => undefined)
  return true
}
