/**
 * Secrets of other systems (a trunk's password) as they rest in D1 and in rooms: AES-256-GCM, the key made from a secret of
 * the deployment by HKDF (RFC 5869), bound to what the secret belongs to, so that a row copied elsewhere opens nothing.
 *   v1.<iv 12 bytes>.<cipher text and tag>, base64
 */
const VERSION = 'v1'

export async function sealSecret(keyMaterial: string, belongsTo: string, text: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const cipher = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData: bytes(belongsTo) },
    await keyOf(keyMaterial),
    bytes(text),
  )
  return [VERSION, toBase64(iv), toBase64(new Uint8Array(cipher))].join('.')
}

/** Null: it was sealed with another key, for something else, or is damaged. */
export async function openSecret(keyMaterial: string, belongsTo: string, sealed: string): Promise<string | null> {
  const [version, iv, cipher] = sealed.split('.')
  if (version !== VERSION || !iv || !cipher) return null
  try {
    const text = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: fromBase64(iv), additionalData: bytes(belongsTo) },
      await keyOf(keyMaterial),
      fromBase64(cipher),
    )
    return new TextDecoder().decode(text)
  } catch {
    return null
  }
}

async function keyOf(material: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', bytes(material), 'HKDF', false, ['deriveKey'])
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes('switchroom secret box v1') },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
}

const bytes = (text: string) => new TextEncoder().encode(text)
const toBase64 = (data: Uint8Array) => btoa(String.fromCharCode(...data))
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
