import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { constraintsOf, parseSoundChoice, SYSTEM_SOUND } from '../../../web/src/lib/phone/sound-choice'

describe('[PHONE-5] the devices of sound', () => {
  it('are the system’s until somebody chooses', () => {
    expect(parseSoundChoice(null)).toEqual(SYSTEM_SOUND)
    expect(constraintsOf(SYSTEM_SOUND)).toEqual({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    })
  })

  it('a chosen microphone is wished for, not insisted on', () => {
    const choice = parseSoundChoice(JSON.stringify({ microphone: 'headset', noiseSuppression: false }))
    expect(constraintsOf(choice)).toMatchObject({ deviceId: { ideal: 'headset' }, noiseSuppression: false })
  })

  it('whatever was kept, a choice comes of it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (kept) => {
        const choice = parseSoundChoice(kept)
        expect(Object.keys(choice).sort()).toEqual(Object.keys(SYSTEM_SOUND).sort())
      }),
    )
  })
})
