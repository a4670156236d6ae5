import { describe, expect, it } from 'vitest'
import { withDuration } from '../../../web/src/lib/recording/webm-duration'

const bytes = (...parts: (number | number[])[]) => new Uint8Array(parts.flat())
const HEADER = [0x1a, 0x45, 0xdf, 0xa3, 0x84, 0x42, 0x86, 0x81, 0x01]
const LIVE_SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
const SCALE = [0x2a, 0xd7, 0xb1, 0x83, 0x0f, 0x42, 0x40]
const INFO = [0x15, 0x49, 0xa9, 0x66, 0x80 + SCALE.length, ...SCALE]
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x81, 0x00]

describe('[PHONE-11] the length of what a browser recorded', () => {
  it('is written into the Info, and nothing else changes', () => {
    const told = withDuration(bytes(HEADER, LIVE_SEGMENT, INFO, CLUSTER), 65_000)
    const duration = new Uint8Array(8)
    new DataView(duration.buffer).setFloat64(0, 65_000)
    const info = [0x15, 0x49, 0xa9, 0x66, 0x01, 0, 0, 0, 0, 0, 0, SCALE.length + 11, ...SCALE, 0x44, 0x89, 0x88]
    expect([...told]).toEqual([...HEADER, ...LIVE_SEGMENT, ...info, ...duration, ...CLUSTER])
    // a second time changes nothing
    expect(withDuration(told, 99)).toBe(told)
  })

  it('is measured by the file’s own scale', () => {
    const scale = [0x2a, 0xd7, 0xb1, 0x82, 0x27, 0x10]
    const info = [0x15, 0x49, 0xa9, 0x66, 0x80 + scale.length, ...scale]
    const told = withDuration(bytes(HEADER, LIVE_SEGMENT, info, CLUSTER), 2_000)
    expect(new DataView(told.buffer).getFloat64(told.length - CLUSTER.length - 8)).toBe(200_000)
  })

  it.each([
    ['another kind of file', bytes([...Buffer.from('RIFF0000WAVEfmt ')])],
    ['nothing', bytes()],
    ['half a header', bytes(HEADER.slice(0, 6))],
    ['a file with a size', bytes(HEADER, [0x18, 0x53, 0x80, 0x67, 0x90], INFO)],
    ['no Info before the sound', bytes(HEADER, LIVE_SEGMENT, CLUSTER)],
  ])('%s stays as it is', (_, file) => expect(withDuration(file, 1_000)).toBe(file))
})
