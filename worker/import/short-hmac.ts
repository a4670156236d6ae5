/** FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const ROUND = Int32Array.from(primes(64), (prime) => fraction(Math.cbrt(prime)))
/** FIPS 180-4, 5.3.3: the same of the square roots of the first 8. */
const FIRST = Int32Array.from(primes(8), (prime) => fraction(Math.sqrt(prime)))
const BLOCK = 64
/** A block with what its last word must say of the length, and at least the bit after the text. */
const LONGEST = BLOCK - 9

function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}
function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0
}

/**
 * HMAC-SHA256 (RFC 2104, FIPS 180-4) of short ASCII texts under one key: the two blocks of the key are hashed once, so a text
 * costs two blocks. `node:crypto` makes an object and crosses into C++ for each: nine tenths of what a phone number costs
 * there, and lists have hundreds of thousands. Null where a text is too long or not ASCII.
 */
export class ShortHmac {
  private readonly inner: Int32Array
  private readonly outer: Int32Array
  private readonly words = new Int32Array(64)

  /** `key`: at most a block; a longer one is its hash (RFC 2104, section 2), which the caller makes. */
  constructor(key: Uint8Array) {
    if (key.length > BLOCK) throw new Error('the key is longer than a block')
    this.inner = this.padded(key, 0x36)
    this.outer = this.padded(key, 0x5c)
  }

  /** The eight words of the hash. */
  of(text: string): Int32Array | null {
    const { words } = this
    if (text.length > LONGEST) return null
    words.fill(0, 0, 16)
    for (let n = 0; n < text.length; n += 1) {
      const code = text.charCodeAt(n)
      if (code > 127) return null
      words[n >> 2]! |= code << (24 - 8 * (n & 3))
    }
    words[text.length >> 2]! |= 0x80 << (24 - 8 * (text.length & 3))
    words[15] = (BLOCK + text.length) * 8
    const hash = this.inner.slice()
    compress(hash, words)
    words.set(hash)
    words.fill(0, 8, 16)
    words[8] = 0x80000000 | 0
    words[15] = (BLOCK + 32) * 8
    const outer = this.outer.slice()
    compress(outer, words)
    return outer
  }

  private padded(key: Uint8Array, pad: number): Int32Array {
    const { words } = this
    words.fill(0)
    for (let n = 0; n < BLOCK; n += 1) words[n >> 2]! |= ((key[n] ?? 0) ^ pad) << (24 - 8 * (n & 3))
    const hash = FIRST.slice()
    compress(hash, words)
    return hash
  }
}

/** FIPS 180-4, 6.2.2: one block, whose 16 words stand first in `words`. */
function compress(hash: Int32Array, words: Int32Array): void {
  for (let t = 16; t < 64; t += 1) {
    const two = words[t - 2]!
    const fifteen = words[t - 15]!
    const s1 = ((two >>> 17) | (two << 15)) ^ ((two >>> 19) | (two << 13)) ^ (two >>> 10)
    const s0 = ((fifteen >>> 7) | (fifteen << 25)) ^ ((fifteen >>> 18) | (fifteen << 14)) ^ (fifteen >>> 3)
    words[t] = (s1 + words[t - 7]! + s0 + words[t - 16]!) | 0
  }
  let a = hash[0]!
  let b = hash[1]!
  let c = hash[2]!
  let d = hash[3]!
  let e = hash[4]!
  let f = hash[5]!
  let g = hash[6]!
  let h = hash[7]!
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[t]! + words[t]!) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  hash[0]! += a
  hash[1]! += b
  hash[2]! += c
  hash[3]! += d
  hash[4]! += e
  hash[5]! += f
  hash[6]! += g
  hash[7]! += h
}
