import { describe, expect, it } from 'vitest'
import { addSample, summaryOf, type QualitySample, type QualitySum } from '#shared/domain/quality/summary'
import { warningOf } from '#shared/domain/quality/warning'

const second = (change: Partial<QualitySample> = {}): QualitySample => ({
  delayMs: 40,
  loss: 0,
  jitterMs: 2,
  codec: 'opus',
  burstRatio: 1,
  ...change,
})
const sumOf = (...samples: QualitySample[]) => samples.reduce<QualitySum | null>(addSample, null)

describe('what is kept of a leg', () => {
  it('[PHONE-7] is unknown until something was measured', () => {
    expect(summaryOf(null)).toBeNull()
  })

  it('[PHONE-7] is the mean of its seconds and the worst of them', () => {
    const summary = summaryOf(sumOf(second(), second({ loss: 0.2, delayMs: 60, jitterMs: null })))!
    expect(summary).toMatchObject({ loss: 0.1, delayMs: 50, jitterMs: 2, seconds: 2, codec: 'opus' })
    expect(summary.worstMos).toBeLessThan(summary.mos)
    expect(summary.mos).toBeLessThan(4.3)
  })

  it('[PHONE-7] an hour of good seconds is as good as one', () => {
    const hour = summaryOf(sumOf(...Array.from({ length: 3_600 }, () => second())))!
    expect(hour.mos).toBe(summaryOf(sumOf(second()))!.mos)
  })
})

describe('a warning', () => {
  it('[PHONE-7] needs three of the last five seconds, and names what explains it best', () => {
    const lossy = second({ loss: 0.05 })
    expect(warningOf([lossy, lossy])).toBeNull()
    expect(warningOf([lossy, second(), lossy, second(), lossy])).toBe('loss')
    expect(warningOf([lossy, lossy, lossy, second(), second(), second()])).toBeNull()
    const slow = second({ delayMs: 350 })
    expect(warningOf([slow, slow, slow])).toBe('delay')
    const shaky = second({ jitterMs: 45 })
    expect(warningOf([shaky, shaky, shaky])).toBe('jitter')
    expect(warningOf([second({ jitterMs: null }), second(), second()])).toBeNull()
    const bursts = second({ loss: 0.029, delayMs: 199, burstRatio: 8, codec: 'g729a-vad' })
    expect(warningOf([bursts, bursts, bursts])).toBe('score')
  })
})
