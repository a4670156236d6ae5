import { describe, expect, it } from 'vitest'
import { begin, progress } from '../../../web/src/lib/phone/call-progress'
import { MediaKeys } from '../../../web/src/lib/phone/media-keys'
import { WakeLock } from '../../../web/src/lib/phone/wake-lock'

const ringing = begin({ direction: 'incoming', number: '102', name: 'Bob', leaseId: null }, 0)
const talking = progress(ringing, { kind: 'answered' }, 1)

describe('the system’s keys for a call', () => {
  const made = (unknown: string[] = []) => {
    const handlers = new Map<string, () => void>()
    const did: string[] = []
    const session = {
      metadata: null as unknown,
      playbackState: 'none' as 'none' | 'paused' | 'playing',
      microphone: null as boolean | null,
      setActionHandler(action: string, handler: (() => void) | null) {
        if (unknown.includes(action)) throw new TypeError(action)
        if (handler) handlers.set(action, handler)
        else handlers.delete(action)
      },
      setMicrophoneActive(active: boolean) {
        this.microphone = active
      },
    }
    const phone = {
      hangUp: async () => void did.push('end'),
      mute: async (on: boolean) => void did.push(`mute ${on}`),
      hold: async (on: boolean) => void did.push(`hold ${on}`),
    }
    const keys = new MediaKeys(phone, { session, describe: (who) => ({ title: who }) })
    return { keys, session, handlers, did }
  }
  it('[PHONE-12] are ours only while a call talks or is held', () => {
    const { keys, session, handlers } = made()
    keys.follow(ringing)
    expect(handlers.size).toBe(0)
    keys.follow(talking)
    expect([...handlers.keys()].sort()).toEqual(['hangup', 'pause', 'play', 'togglemicrophone'])
    expect(session).toMatchObject({ metadata: { title: 'Bob' }, playbackState: 'playing', microphone: true })
    keys.follow(progress(talking, { kind: 'ended', cause: 'normal', endedBy: 'here' }, 2))
    expect(handlers.size).toBe(0)
    expect(session).toMatchObject({ metadata: null, playbackState: 'none' })
  })
  it('[PHONE-12] do what they say to the call as it stands', () => {
    const { keys, session, handlers, did } = made()
    keys.follow(talking)
    keys.follow({ ...talking, isMuted: true, state: 'held' })
    expect(session).toMatchObject({ microphone: false, playbackState: 'paused' })
    for (const key of ['togglemicrophone', 'pause', 'play', 'hangup']) handlers.get(key)!()
    expect(did).toEqual(['mute false', 'hold true', 'hold false', 'end'])
  })
  it('[PHONE-12] a browser that does not know one keeps the others', () => {
    const { keys, handlers } = made(['hangup', 'togglemicrophone'])
    keys.follow(talking)
    expect([...handlers.keys()].sort()).toEqual(['pause', 'play'])
  })
})

describe('the screen in a call', () => {
  const made = () => {
    const said: string[] = []
    let seen = () => undefined as void
    const page = { visibilityState: 'visible', addEventListener: (_: string, then: () => void) => void (seen = then) }
    const wake = {
      request: async () => {
        said.push('on')
        return { release: async () => void said.push('off') }
      },
    }
    const lock = new WakeLock(wake, page)
    const look = (visibilityState: string) => {
      page.visibilityState = visibilityState
      seen()
    }
    return { lock, said, look }
  }
  it('[PHONE-12] stays on while it lasts, and is let go with it', async () => {
    const { lock, said } = made()
    lock.follow(true)
    lock.follow(true)
    lock.follow(false)
    await Promise.resolve()
    await Promise.resolve()
    expect(said).toEqual(['on', 'off'])
  })
  it('[PHONE-12] is asked for again when the page is seen again, in a call alone', () => {
    const { lock, said, look } = made()
    look('hidden')
    lock.follow(true)
    expect(said).toEqual([])
    look('visible')
    look('hidden')
    look('visible')
    expect(said).toEqual(['on', 'on'])
  })
})
