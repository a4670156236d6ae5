/**
 * The keys that wrap data keys, from the secret RECORDING_KEYS: `1:<base64url>,2:<base64url>…`, each of 32 bytes or more. The
 * highest version wraps; the others still open what they wrapped, until everything is wrapped anew (decision 0186).
 */
export type KeyRing = { current: number; materials: ReadonlyMap<number, string> }

/** Null: none is set, or what is set is no list of keys. */
export function keyRingOf(secret: string | undefined): KeyRing | null {
  const materials = new Map<number, string>()
  for (const part of (secret ?? '').split(',').filter(Boolean)) {
    const found = /^\s*([1-9]\d{0,5}):([A-Za-z0-9_-]{43,})\s*$/.exec(part)
    if (!found) return null
    materials.set(Number(found[1]), found[2]!)
  }
  return materials.size === 0 ? null : { current: Math.max(...materials.keys()), materials }
}

/** A recording's key as it rests beside its row: which version wrapped it, and the wrapped bytes, base64. */
export type WrappedKey = { version: number; wrapped: string }
/** What a data key and its chunks are bound to: a row copied to another recording or call opens nothing. */
export type BoundTo = { recordingId: string; callId: string }

const IV_BYTES = 12
const DATA_KEY_BYTES = 32

/** A fresh data key of 256 bits, and how it is kept. */
export async function newDataKey(ring: KeyRing, to: BoundTo): Promise<{ key: CryptoKey; wrapped: WrappedKey }> {
  const raw = crypto.getRandomValues(new Uint8Array(DATA_KEY_BYTES))
  return { key: await dataKey(raw), wrapped: await wrap(ring, to, raw) }
}

/** Null: its version is not in the ring, or it was not wrapped for this recording, or it is damaged. */
export async function openDataKey(ring: KeyRing, to: BoundTo, wrapped: WrappedKey): Promise<CryptoKey | null> {
  const raw = await unwrap(ring, to, wrapped)
  return raw && dataKey(raw)
}

/** The same data key under the ring's newest key; null where it cannot be opened. Sound is not touched. */
export async function rewrap(ring: KeyRing, to: BoundTo, wrapped: WrappedKey): Promise<WrappedKey | null> {
  if (wrapped.version === ring.current) return wrapped
  const raw = await unwrap(ring, to, wrapped)
  return raw && wrap(ring, to, raw)
}

async function wrap(ring: KeyRing, to: BoundTo, raw: Uint8Array<ArrayBuffer>): Promise<WrappedKey> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const key = await wrappingKey(ring.materials.get(ring.current)!)
  const cipher = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: boundTo(to, ring.current) }, key, raw),
  )
  const both = new Uint8Array(iv.length + cipher.length)
  both.set(iv)
  both.set(cipher, iv.length)
  return { version: ring.current, wrapped: btoa(String.fromCharCode(...both)) }
}

async function unwrap(ring: KeyRing, to: BoundTo, kept: WrappedKey): Promise<Uint8Array<ArrayBuffer> | null> {
  const material = ring.materials.get(kept.version)
  if (!material) return null
  try {
    const both = Uint8Array.from(atob(kept.wrapped), (char) => char.charCodeAt(0))
    const iv = both.subarray(0, IV_BYTES)
    const additionalData = boundTo(to, kept.version)
    const key = await wrappingKey(material)
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, both.subarray(IV_BYTES)),
    )
  } catch {
    return null
  }
}

const dataKey = (raw: Uint8Array<ArrayBuffer>) =>
  crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])

/** HKDF (RFC 5869) of the secret: the same secret used elsewhere makes another key. */
async function wrappingKey(material: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', bytes(material), 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes('switchroom recordings v1') }
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

const boundTo = ({ recordingId, callId }: BoundTo, version: number) => bytes(`key|${recordingId}|${callId}|${version}`)
const bytes = (text: string) => new TextEncoder().encode(text)
