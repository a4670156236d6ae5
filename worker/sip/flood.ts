/** How much one socket may send (SIP-6). In memory only: a socket that hibernates has sent nothing for seconds anyway. */
export type Bucket = { tokens: number; at: number; dropped: number }

const PER_SECOND = 100
const BURST = 400
/** A socket that goes on although so much of what it sends is dropped is closed; half a full bucket forgives it. */
const DROPS_BEFORE_CLOSE = 400

export const newBucket = (now: number): Bucket => ({ tokens: BURST, at: now, dropped: 0 })

/** `drop`: not even parsed. */
export function spend(bucket: Bucket, now: number): { bucket: Bucket; verdict: 'pass' | 'drop' | 'close' } {
  const tokens = Math.min(BURST, bucket.tokens + (Math.max(0, now - bucket.at) * PER_SECOND) / 1000)
  if (tokens >= 1) {
    const dropped = tokens >= BURST / 2 ? 0 : bucket.dropped
    return { bucket: { tokens: tokens - 1, at: now, dropped }, verdict: 'pass' }
  }
  const dropped = bucket.dropped + 1
  return { bucket: { tokens, at: now, dropped }, verdict: dropped > DROPS_BEFORE_CLOSE ? 'close' : 'drop' }
}
