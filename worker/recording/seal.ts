import type { BoundTo } from './keys'

/**
 * One piece of a recording as it rests in R2 (PHONE-11, decision 0185): AES-256-GCM by the recording's data key, bound to
 * recording, call and number, so that no piece can be altered, exchanged, or put in another place. 32 bytes more than its sound.
 *
 *   'SWR1' · nonce, 12 random bytes · cipher text · tag, 16 bytes
 */
export const SEAL_BYTES = 32
const MARK = new TextEncoder().encode('SWR1')
const IV_BYTES = 12

export async function sealPiece(
  key: CryptoKey,
  to: BoundTo,
  n: number,
  sound: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const cipher = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: boundTo(to, n) }, key, sound)
  const sealed = new Uint8Array(sound.length + SEAL_BYTES)
  sealed.set(MARK)
  sealed.set(iv, MARK.length)
  sealed.set(new Uint8Array(cipher), MARK.length + IV_BYTES)
  return sealed
}

/** Null: another key, another place, altered, or cut off. */
export async function openPiece(
  key: CryptoKey,
  to: BoundTo,
  n: number,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (sealed.length < SEAL_BYTES || !MARK.every((byte, at) => sealed[at] === byte)) return null
  const iv = sealed.subarray(MARK.length, MARK.length + IV_BYTES)
  const additionalData = boundTo(to, n)
  return crypto.subtle
    .decrypt({ name: 'AES-GCM', iv, additionalData }, key, sealed.subarray(MARK.length + IV_BYTES))
    .then((sound) => new Uint8Array(sound))
    .catch(() => null)
}

/** The picture of the sound is a piece of its own. */
export const PEAKS_PIECE = -1
const boundTo = ({ recordingId, callId }: BoundTo, n: number) =>
  new TextEncoder().encode(`piece|${recordingId}|${callId}|${n}`)

export async function sha256(sound: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', sound))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
