import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * AUTH-2. `scrypt$N$r$p$salt$hash`: the parameters stand in the hash, so they can be raised later without losing anyone.
 * Runs in the stateless Worker, never in a room (about 0.2 s of CPU).
 */
type Cost = { N: number; r: number; p: number }
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 }
/** OWASP's list has N = 2^14, r = 8, p = 5; the platform is reported to refuse N·r·p beyond 2^20. */
const MOST_WORK = 2 ** 20
/** scrypt needs 128·N·r bytes; a Worker has 128 MB. */
const MOST_MEMORY = 32 * 1024 * 1024
const SALT_BYTES = 16
const HASH_BYTES = 32

export async function hashPassword(password: string, pepper: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, pepper, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Constant in time for a given cost. A hash that cannot be read matches nothing. */
export async function verifyPassword(password: string, stored: string, pepper: string): Promise<boolean> {
  const [scheme, N, r, p, salt, hash] = stored.split('$')
  if (scheme !== 'scrypt' || !salt || !hash) return false
  const expected = Buffer.from(hash, 'base64url')
  const actual = await derive(password, pepper, Buffer.from(salt, 'base64url'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** For a user name that does not exist: the same work, so that time tells nothing about who has an account. */
export async function verifyNobody(password: string, pepper: string): Promise<false> {
  await derive(password, pepper, Buffer.alloc(SALT_BYTES), COST)
  return false
}

/** Whether a hash was made with other parameters than today's and should be made anew at the next sign-in. */
export function isOutdated(stored: string): boolean {
  return !stored.startsWith(`scrypt$${COST.N}$${COST.r}$${COST.p}$`)
}

function derive(password: string, pepper: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
  const memory = 128 * N * r
  if (!(N * r * p <= MOST_WORK) || !(memory <= MOST_MEMORY))
    throw new Error('scrypt cost is beyond what the platform allows')
  // NFKC: the same password typed on another keyboard. The pepper is in no database: a stolen one alone is of no use.
  const secret = createHmac('sha256', pepper).update(password.normalize('NFKC')).digest()
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_BYTES, { N, r, p, maxmem: 2 * memory }, (fault, key) =>
      fault ? reject(fault) : resolve(key),
    )
  })
}

/** Crockford's base 32 without i, l, o, u: nothing that is read aloud or copied by hand can be mistaken. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const GENERATED_LETTERS = 16

/** 80 bits, in four groups: `k7mw-4c9e-…`. Shown once, changed at first sign-in. */
export function generatePassword(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(GENERATED_LETTERS))].map((byte) => LETTERS[byte & 31]!)
  return [0, 4, 8, 12].map((at) => letters.slice(at, at + 4).join('')).join('-')
}

/** AUTH-2: the least a chosen password must be (its length is the protocol's business). */
export function isTooWeak(password: string, username: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase()
  return plain.includes(username.toLowerCase()) || new Set(plain).size < 4
}
