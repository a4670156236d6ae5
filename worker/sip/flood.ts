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

/**
 * What single methods cost the house more than their parsing: a call's room, a look at the directory, a subscription. Bounds
 * of one socket; far above what a person or their phone does. The rest (ACK, CANCEL, BYE, answers) ends things and is free.
 */
const METHOD_BOUNDS: Record<string, { burst: number; perSecond: number }> = {
  INVITE: { burst: 60, perSecond: 2 },
  're-INVITE': { burst: 40, perSecond: 5 },
  REGISTER: { burst: 100, perSecond: 20 },
  OPTIONS: { burst: 60, perSecond: 10 },
  INFO: { burst: 60, perSecond: 20 },
  MESSAGE: { burst: 30, perSecond: 5 },
  SUBSCRIBE: { burst: 60, perSecond: 5 },
  REFER: { burst: 10, perSecond: 1 },
}

/** By method; a method that is not there has its whole burst left. */
export type MethodBuckets = Record<string, { tokens: number; at: number }>

/** Takes one of the method's. False: too many; it is answered 503 with Retry-After (RFC 3261 §21.5.4). Changes `buckets`. */
export function spendMethod(buckets: MethodBuckets, method: string, isInDialog: boolean, now: number): boolean {
  const name = method === 'INVITE' && isInDialog ? 're-INVITE' : method
  const bound = METHOD_BOUNDS[name]
  if (!bound) return true
  const before = buckets[name] ?? { tokens: bound.burst, at: now }
  const gained = (Math.max(0, now - before.at) * bound.perSecond) / 1000
  const tokens = Math.min(bound.burst, before.tokens + gained)
  const isLeft = tokens >= 1
  buckets[name] = { tokens: isLeft ? tokens - 1 : tokens, at: now }
  return isLeft
}
