import { describe, expect, it } from 'vitest'
import { readStats } from '../../../web/src/lib/phone/media-stats'
import { qualityOf, sampleOf, wordOf } from '../../../web/src/lib/phone/quality'
import type { MediaStats } from '../../../web/src/lib/phone/phone'

const stats = (change: Partial<MediaStats>): MediaStats => ({
  packetsSent: 0,
  packetsReceived: 0,
  packetsLost: 0,
  jitter: null,
  roundTrip: null,
  bufferDelay: null,
  energyReceived: 0,
  energySent: 0,
  connection: 'connected',
  ...change,
})

describe('quality', () => {
  it('[PHONE-7] unknown is unknown: nothing before packets and a round trip', () => {
    const before = stats({ packetsReceived: 50 })
    expect(sampleOf(null, stats({ packetsReceived: 50, roundTrip: 0.1 }))).toBeNull()
    expect(sampleOf(before, stats({ packetsReceived: 50, roundTrip: 0.1 }))).toBeNull()
    expect(sampleOf(before, stats({ packetsReceived: 100 }))).toBeNull()
  })
  it('[PHONE-7] judges the last second, not the whole call', () => {
    const before = stats({ packetsReceived: 1000, packetsLost: 500 })
    const now = sampleOf(
      before,
      stats({ packetsReceived: 1050, packetsLost: 500, roundTrip: 0.04, bufferDelay: 0.06 }),
    )!
    expect(qualityOf(now)).toMatchObject({ word: 'clear', loss: 0, delayMs: 80, warning: null })
  })
  it('[PHONE-7] loss in a row counts for more than as much here and there', () => {
    const before = stats({ packetsReceived: 1000, packetsLost: 0, gaps: 0, jitter: 0.01, roundTrip: 0.04 })
    const after = { packetsReceived: 1045, packetsLost: 5, jitter: 0.01, roundTrip: 0.04, codec: 'audio/PCMU' }
    const [scattered, inARow] = [5, 1].map((gaps) => sampleOf(before, stats({ ...after, gaps }))!)
    expect(scattered).toMatchObject({ codec: 'pcmu', jitterMs: 10, loss: 0.1, burstRatio: 1 })
    expect(qualityOf(inARow!).mos).toBeLessThan(qualityOf(scattered!).mos)
  })
  it('[PHONE-7] has five words', () => {
    expect([4.3, 4.1, 3.7, 3.3, 2.6].map(wordOf)).toEqual(['clear', 'good', 'fair', 'poor', 'bad'])
  })
  it('[PHONE-7] reads getStats and ignores what it does not know', () => {
    const read = readStats(
      [
        {
          type: 'inbound-rtp',
          kind: 'audio',
          packetsReceived: 90,
          packetsLost: 2,
          concealmentEvents: 2,
          codecId: 'C1',
          jitter: 0.01,
          totalAudioEnergy: 0.5,
          jitterBufferDelay: 9,
          jitterBufferEmittedCount: 300,
        },
        { type: 'outbound-rtp', kind: 'audio', packetsSent: 80 },
        { type: 'media-source', kind: 'audio', totalAudioEnergy: 0.25 },
        { type: 'candidate-pair', state: 'succeeded', nominated: true, currentRoundTripTime: 0.02 },
        { type: 'candidate-pair', state: 'failed', nominated: false, currentRoundTripTime: 9 },
        { type: 'codec', id: 'C1', mimeType: 'audio/opus' },
      ],
      'connected',
    )
    expect(read).toEqual(
      stats({
        packetsSent: 80,
        packetsReceived: 90,
        packetsLost: 2,
        jitter: 0.01,
        roundTrip: 0.02,
        bufferDelay: 0.03,
        energyReceived: 0.5,
        energySent: 0.25,
        gaps: 2,
        codec: 'audio/opus',
      }),
    )
  })
})
