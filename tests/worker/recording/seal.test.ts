import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyRingOf, newDataKey, openDataKey, rewrap, type KeyRing } from '#worker/recording/keys'
import { openPiece, SEAL_BYTES, sealPiece, sha256 } from '#worker/recording/seal'

const material = (char: string) => char.repeat(43)
const ring = (...versions: number[]): KeyRing =>
  keyRingOf(versions.map((version) => `${version}:${material('abcdefghi'[version]!)}`).join(','))!
const OF = { recordingId: 'r1', callId: 'c1' }
const bytesOf = (...values: number[]) => new Uint8Array(values)

describe('[PHONE-11] a piece of sound at rest', () => {
  it('opens with its key, in its place, and shows nothing of its sound', async () => {
    const { key, wrapped } = await newDataKey(ring(1), OF)
    const again = (await openDataKey(ring(1), OF, wrapped))!
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4_000 }), fc.nat(20_000), async (given, n) => {
        const sound = new Uint8Array(given)
        const sealed = await sealPiece(key, OF, n, sound)
        expect(sealed.length).toBe(sound.length + SEAL_BYTES)
        expect(await openPiece(again, OF, n, sealed)).toEqual(sound)
        if (sound.length >= 16) expect(Buffer.from(sealed).includes(Buffer.from(sound))).toBe(false)
      }),
      { numRuns: 50 },
    )
  })

  it('is refused when one byte is altered, when it is cut off, in another place, of another recording or call', async () => {
    const { key } = await newDataKey(ring(1), OF)
    const sealed = await sealPiece(key, OF, 3, bytesOf(...Array.from({ length: 300 }, (_, at) => at % 251)))
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const altered = sealed.slice()
        altered[at] = altered[at]! ^ flip
        expect(await openPiece(key, OF, 3, altered)).toBeNull()
        expect(await openPiece(key, OF, 3, sealed.slice(0, at))).toBeNull()
      }),
      { numRuns: 100 },
    )
    expect(await openPiece(key, OF, 4, sealed)).toBeNull()
    expect(await openPiece(key, { ...OF, recordingId: 'r2' }, 3, sealed)).toBeNull()
    expect(await openPiece(key, { ...OF, callId: 'c2' }, 3, sealed)).toBeNull()
    const other = await newDataKey(ring(1), OF)
    expect(await openPiece(other.key, OF, 3, sealed)).toBeNull()
  })

  it('the same sound twice is not the same at rest', async () => {
    const { key } = await newDataKey(ring(1), OF)
    const [one, two] = await Promise.all([1, 1].map((n) => sealPiece(key, OF, n, bytesOf(1, 2, 3))))
    expect(one).not.toEqual(two)
  })

  it('is known by its hash', async () => {
    expect(await sha256(new Uint8Array(new TextEncoder().encode('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })
})

describe('[PHONE-11] the keys that wrap', () => {
  it('are read by version, the highest wraps; anything else is no list of keys', () => {
    expect(ring(1, 3, 2).current).toBe(3)
    expect(keyRingOf(undefined)).toBeNull()
    expect(keyRingOf('')).toBeNull()
    expect(keyRingOf('secret')).toBeNull()
    expect(keyRingOf('1:short')).toBeNull()
    expect(keyRingOf(`0:${material('a')}`)).toBeNull()
  })

  it('rotate: the old key opens what it wrapped, the new one wraps it anew, then the old one may go', async () => {
    const { key, wrapped } = await newDataKey(ring(1), OF)
    const sealed = await sealPiece(key, OF, 0, bytesOf(7, 8, 9))
    const both = ring(1, 2)
    expect(await openPiece((await openDataKey(both, OF, wrapped))!, OF, 0, sealed)).toEqual(bytesOf(7, 8, 9))
    const anew = (await rewrap(both, OF, wrapped))!
    expect(anew.version).toBe(2)
    expect(await openPiece((await openDataKey(ring(2), OF, anew))!, OF, 0, sealed)).toEqual(bytesOf(7, 8, 9))
    // what is wrapped by the newest stays as it is
    expect(await rewrap(both, OF, anew)).toBe(anew)
  })

  it('open nothing without the version, for another recording, under another version’s name, or when damaged', async () => {
    const { wrapped } = await newDataKey(ring(1), OF)
    expect(await openDataKey(ring(2), OF, wrapped)).toBeNull()
    expect(await openDataKey(ring(1), { ...OF, callId: 'c2' }, wrapped)).toBeNull()
    expect(await openDataKey(ring(1, 2), OF, { ...wrapped, version: 2 })).toBeNull()
    expect(await openDataKey(ring(1), OF, { ...wrapped, wrapped: wrapped.wrapped.replace(/^./, '!') })).toBeNull()
    expect(await rewrap(ring(2), OF, wrapped)).toBeNull()
  })
})
