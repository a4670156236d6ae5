import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  barsOf,
  peakByte,
  PEAKS_PER_SECOND,
  SILENCE_MS,
  SILENT_BELOW,
  silentStretches,
  skipFrom,
} from '#shared/domain/recording/peaks'
import { soundKindOf } from '#shared/domain/recording/sound-kind'

/** Seconds of loud or silent, both channels alike. */
const peaksOf = (...seconds: [amplitude: number, length: number][]) =>
  new Uint8Array(
    seconds.flatMap(([amplitude, length]) =>
      Array.from({ length: length * PEAKS_PER_SECOND * 2 }, () => peakByte(amplitude)),
    ),
  )

describe('[PHONE-11] skipping silence', () => {
  it('spares the listener what nobody says, and leaves a breath on both sides', () => {
    const peaks = peaksOf([0.5, 2], [0.001, 4], [0.5, 1], [0, 1], [0.5, 1], [0, 3])
    const stretches = silentStretches(peaks)
    expect(stretches).toEqual([
      { fromMs: 2_300, toMs: 5_700 },
      { fromMs: 9_300, toMs: 11_700 },
    ])
    expect(skipFrom(stretches, 1_000)).toBe(1_000)
    expect(skipFrom(stretches, 2_500)).toBe(5_700)
    expect(skipFrom(stretches, 5_700)).toBe(5_700)
  })

  it('one who speaks is enough, on either channel', () => {
    const peaks = peaksOf([0, 5])
    for (let at = 1; at < peaks.length; at += 2) peaks[at] = peakByte(0.3)
    expect(silentStretches(peaks)).toEqual([])
  })

  it('never skips a moment at which somebody speaks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 800 }), (peaks) => {
        for (const { fromMs, toMs } of silentStretches(peaks)) {
          expect(toMs - fromMs).toBeGreaterThanOrEqual(SILENCE_MS - 600)
          for (let at = Math.ceil(fromMs / 100); at < Math.floor(toMs / 100); at++)
            expect(Math.max(peaks[at * 2]!, peaks[at * 2 + 1]!)).toBeLessThan(SILENT_BELOW)
        }
      }),
    )
  })

  it('the picture shows the loudest of each bar, of each channel by itself', () => {
    const peaks = new Uint8Array([255, 0, 0, 51, 0, 0, 0, 255])
    expect(barsOf(peaks, 0, 2)).toEqual([1, 0])
    expect(barsOf(peaks, 1, 2)).toEqual([0.2, 1])
    expect(barsOf(new Uint8Array(), 0, 3)).toEqual([0, 0, 0])
  })
})

describe('[PHONE-11] what a file is by its first bytes', () => {
  const bytes = (...parts: (string | number[])[]) =>
    new Uint8Array(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)))

  it.each([
    ['wav', bytes('RIFF', [36, 0, 0, 0], 'WAVEfmt ')],
    ['ogg', bytes('OggS', [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['m4a', bytes([0, 0, 0, 32], 'ftypM4A ', [0, 0, 0, 0])],
    ['m4a', bytes([0, 0, 0, 28], 'ftypisom', [0, 0, 2, 0])],
    ['mp3', bytes('ID3', [4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['mp3', bytes([0xff, 0xfb, 0x90, 0x64])],
    ['mp3', bytes([0xff, 0xf3, 0x40, 0xc4])],
    ['webm', bytes([0x1a, 0x45, 0xdf, 0xa3, 0x9f])],
  ])('%s is known', (kind, head) => expect(soundKindOf(head)).toBe(kind))

  it.each([
    ['a page', bytes('<!doctype html>')],
    ['a picture', bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF')],
    ['a film in RIFF', bytes('RIFF', [0, 0, 0, 0], 'AVI LIST')],
    ['a film', bytes([0, 0, 0, 20], 'ftypqt  ')],
    ['AAC without a box', bytes([0xff, 0xf1, 0x50, 0x80])],
    ['nothing', bytes('')],
  ])('%s is not taken for sound', (_, head) => expect(soundKindOf(head)).toBeNull())
})
