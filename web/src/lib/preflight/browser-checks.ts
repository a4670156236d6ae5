import { iceServers, type IceServer } from '#shared/protocol/ice'
import { api } from '$lib/api/client'
import { sipServer } from '$lib/phone/instance'
import { audioContext, deviceMicrophone } from '$lib/phone/microphone'
import { MicrophoneLevel } from '$lib/phone/microphone-level'
import type { PhoneIdentity } from '$lib/phone/phone'
import { wordOf } from '$lib/phone/quality'
import type { SipEcho } from '$lib/phone/sip-echo'
import { outputOf } from '$lib/phone/sound-devices'
import { playOnce } from '$lib/phone/sounds'
import type { CheckName, Need, Outcome } from './check'
import { checkRelay, checkStun } from './gathering'
import { needsOfServers, serversOf } from './ice-urls'
import { isConnected, measure } from './loop-measure'
import { toneSound } from './loop-sound'

/** What a check may say while it runs. */
export type Told = {
  /** 0…1, of a check that takes its time. */
  progress(share: number): void
  /** How loud the microphone is, 0…1. */
  level(level: number): void
  /** Asks the person; false: no. Null: they went away. */
  ask(): Promise<boolean | null>
  signal: AbortSignal
}
export type RunCheck = (told: Told) => Promise<Outcome>
export type Checks = Record<CheckName, RunCheck>

/** Louder than a quiet room, on the scale of the level meter (60 dB). */
const HEARD_LEVEL = 0.35
const LISTEN_MS = 8_000
/** A line slower than this delays every key press; sound does not go over it. */
const SLOW_MS = 500
const NEWS_MS = 6_000
const GOOD_MOS = 3.6

export type Surroundings = {
  identity: PhoneIdentity
  page: Pick<Location, 'protocol' | 'host' | 'hostname' | 'port'>
  isInCall(): boolean
}

/** PHONE-6, in this browser. Each check stands by itself: it opens what it needs, and leaves nothing open. */
export function browserChecks(around: Surroundings): Checks {
  const { page } = around
  const door: Need = {
    protocol: 'WSS',
    host: page.hostname,
    port: Number(page.port) || (page.protocol === 'https:' ? 443 : 80),
  }
  const onLine = async (then: (line: SipEcho) => Promise<Outcome>, closed: Outcome): Promise<Outcome> => {
    const { SipEcho, EchoRefused } = await import('$lib/phone/sip-echo')
    const line = new SipEcho({ identity: around.identity, server: sipServer(page) })
    try {
      await line.connect()
    } catch {
      await line.close()
      return closed
    }
    try {
      return await then(line)
    } catch (fault) {
      if (fault instanceof EchoRefused && fault.status === 0) return closed
      if (fault instanceof EchoRefused) return { state: 'failed', say: 'refused', status: fault.status }
      throw fault
    } finally {
      await line.close()
    }
  }
  const servers = async (): Promise<IceServer[]> => {
    const reply = await api.get('/api/ice-servers', { schema: iceServers, quiet: true })
    return reply.ok ? reply.value.iceServers : []
  }
  const relay =
    (way: 'turn-udp' | 'turn-tcp' | 'turn-tls'): RunCheck =>
    async ({ signal }) =>
      checkRelay(serversOf(await servers(), way), signal)

  return {
    microphone: hearMicrophone,
    speaker: async ({ ask }) => {
      const isHeard = await askAfterTone(ask)
      if (isHeard === null) return { state: 'skipped', say: 'unanswered' }
      return isHeard ? { state: 'passed', say: 'speaker-heard' } : { state: 'failed', say: 'speaker-unheard' }
    },
    line: ({ signal }) =>
      onLine(
        async (line) => {
          const ms = Math.round(await line.roundTrip())
          if (!(await newsComes(page, signal))) return { state: 'failed', say: 'news-closed', needs: [door] }
          return ms > SLOW_MS ? { state: 'warned', say: 'line-slow', ms } : { state: 'passed', say: 'line-open', ms }
        },
        { state: 'failed', say: 'line-closed', needs: [door] },
      ),
    registration: () =>
      onLine(async (line) => ({ state: 'passed', say: 'registrar-answers', devices: await line.devices() }), {
        state: 'failed',
        say: 'registrar-silent',
        needs: [door],
      }),
    stun: async ({ signal }) => checkStun(serversOf(await servers(), 'stun'), signal),
    'turn-udp': relay('turn-udp'),
    'turn-tcp': relay('turn-tcp'),
    'turn-tls': relay('turn-tls'),
    loop: async ({ progress, signal }) => {
      if (around.isInCall()) return { state: 'skipped', say: 'in-a-call' }
      const known = await servers()
      const isRelayed = known.some(({ urls }) => urls.some((url) => /^turns?:/i.test(url)))
      const needs = needsOfServers(known)
      return onLine(
        async (line) => {
          const sound = toneSound()
          try {
            const ice = { iceServers: known as RTCIceServer[], relayOnly: isRelayed }
            const { connection, hangUp } = await line.call(sound, ice)
            if (!(await isConnected(connection, signal))) return { state: 'failed', say: 'loop-unconnected', needs }
            const { quality, way } = await measure(connection, progress, signal)
            const isHeard = sound.isHeard()
            await hangUp()
            if (!quality || !isHeard) return { state: 'failed', say: 'loop-silent', needs }
            const { mos } = quality
            const state = mos >= GOOD_MOS ? 'passed' : 'warned'
            return { state, say: 'loop-measured', mos, word: wordOf(mos), way }
          } finally {
            sound.close()
          }
        },
        { state: 'failed', say: 'line-closed', needs: [door] },
      )
    },
  }
}

const hearMicrophone: RunCheck = async ({ level, signal }) => {
  const { stream, state } = await deviceMicrophone.open()
  for (const track of stream.getTracks()) track.stop()
  if (state === 'denied') return { state: 'failed', say: 'microphone-denied' }
  if (state !== 'ready') return { state: 'failed', say: 'microphone-missing' }
  let meter: MicrophoneLevel | null = null
  const isHeard = await new Promise<boolean>((decide) => {
    let loud = 0
    const look = (now: number) => {
      level(now)
      // two looks in a row: a click is no voice
      loud = now >= HEARD_LEVEL ? loud + 1 : 0
      if (loud >= 2) decide(true)
    }
    setTimeout(decide, LISTEN_MS, false)
    signal.addEventListener('abort', () => decide(false), { once: true })
    void MicrophoneLevel.open(look).then((opened) => ((meter = opened), opened ?? decide(false)))
  })
  ;(meter as MicrophoneLevel | null)?.close()
  return isHeard ? { state: 'passed', say: 'microphone-heard' } : { state: 'warned', say: 'microphone-quiet' }
}

/** The tone again and again, until they say. */
async function askAfterTone(ask: () => Promise<boolean | null>): Promise<boolean | null> {
  const play = () => playOnce(outputOf(audioContext(), 'speaker'))
  play()
  const timer = setInterval(play, 2_000)
  return ask().finally(() => clearInterval(timer))
}

/** The live socket opens, and its first word comes. */
function newsComes(page: Pick<Location, 'protocol' | 'host'>, signal: AbortSignal): Promise<boolean> {
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${page.host}/api/live?topic=me`, 'switchroom.v1')
  return new Promise<boolean>((resolve) => {
    setTimeout(resolve, NEWS_MS, false)
    signal.addEventListener('abort', () => resolve(false), { once: true })
    socket.onmessage = () => resolve(true)
    socket.onclose = socket.onerror = () => resolve(false)
  }).finally(() => socket.close(1000))
}
