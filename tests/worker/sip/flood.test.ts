import { describe, expect, it } from 'vitest'
import { MOST_PENDING } from '#worker/sip/b2bua/state'
import { newBucket, spend, spendMethod, type MethodBuckets } from '#worker/sip/flood'
import { Bench } from './bench'

/** How many of `tries` at once pass. */
function passed(buckets: MethodBuckets, method: string, tries: number, now: number, isInDialog = false): number {
  return Array.from({ length: tries }, () => spendMethod(buckets, method, isInDialog, now)).filter(Boolean).length
}

describe('what one socket may send', () => {
  it('[SIP-6] 400 at once and 100 a second; what goes on against the wall is closed', () => {
    let bucket = newBucket(0)
    const verdicts: string[] = []
    for (let n = 0; n < 1_000; n++) {
      const spent = spend(bucket, 0)
      bucket = spent.bucket
      verdicts.push(spent.verdict)
    }
    expect([verdicts.indexOf('drop'), verdicts.indexOf('close')]).toEqual([400, 800])
    let later = 0
    for (bucket = { ...bucket, dropped: 0 }; spend(bucket, 1_000).verdict === 'pass'; later++)
      bucket = spend(bucket, 1_000).bucket
    expect(later).toBe(100)
  })

  it('[SIP-6] a clock that goes back gives nothing', () => {
    expect(spend({ tokens: 0, at: 1_000, dropped: 0 }, 0).verdict).toBe('drop')
    const buckets: MethodBuckets = { INVITE: { tokens: 0, at: 1_000 } }
    expect(spendMethod(buckets, 'INVITE', false, 0)).toBe(false)
  })
})

describe('what one method may cost', () => {
  it('[SIP-6] each has its own bound; a call more than sixty waits half a second', () => {
    const buckets: MethodBuckets = {}
    expect(passed(buckets, 'INVITE', 90, 0)).toBe(60)
    expect(passed(buckets, 'INVITE', 5, 499)).toBe(0)
    expect(passed(buckets, 'INVITE', 5, 1_000)).toBe(2)
    expect(passed(buckets, 'REGISTER', 200, 1_000)).toBe(100)
  })

  it('[SIP-6] holding a call is not placing one', () => {
    const buckets: MethodBuckets = {}
    passed(buckets, 'INVITE', 90, 0)
    expect(passed(buckets, 'INVITE', 50, 0, true)).toBe(40)
  })

  it('[SIP-6] what ends something is never refused', () => {
    const buckets: MethodBuckets = {}
    for (const method of ['BYE', 'CANCEL', 'ACK']) expect(passed(buckets, method, 1_000, 0)).toBe(1_000)
  })
})

describe('requests of a call that nobody answers', () => {
  it('[SIP-6] are kept up to a bound; more are told to wait', () => {
    const bench = Bench.talking()
    for (let n = 0; n < MOST_PENDING; n++) expect(bench.aliceAsks('INFO', 2 + n).starts('bob')).toEqual(['INFO'])
    expect(bench.aliceAsks('INFO', 100).starts('alice')).toEqual(['SIP/2.0 503 Service Unavailable'])
    expect(bench.state.pending).toHaveLength(MOST_PENDING)
    expect(bench.aliceAsks('BYE', 101).starts('bob')).toEqual(['BYE'])
  })
})
