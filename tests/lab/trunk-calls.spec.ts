import type { Page } from '@playwright/test'
import type { FloorPicture } from '../../shared/protocol/live'
import { api, expect, token } from '../journeys/fixtures'
import { expectCall, expectHears, openDesk, soundOf } from '../journeys/telephones'
import { DID, expectPhase, stateOf, test, trunksOf } from './fixtures'
import { MICROPHONE_TONE, PHONE_TONE } from './lab'
import { pitch, shareOfTone } from './sound'
import type { House } from '../support/house'
import type { Telephone } from './telephone'

/** SIP-9, further than one call and one connection: a pool's number, a transfer, TCP and TLS, and a call across a cut. */
const POOLS_DID = '+15558887788'
test.describe.configure({ mode: 'serial' })

/** What flows out of this page has flowed for a moment: somebody can have heard it. */
async function expectSpeaks(page: Page): Promise<void> {
  const before = (await soundOf(page)).sent
  await expect.poll(async () => (await soundOf(page)).sent - before).toBeGreaterThan(100)
}

/** Bob begins to wait anew, and the floor knows: alice, who may have ended a call with him a moment ago, waits longer. */
async function bobWaitsAnew(house: House, admin: string): Promise<void> {
  const bob = await token(house, 'bob')
  for (const state of [{ state: 'not-ready', reason: 'break' }, { state: 'available' }])
    expect((await api(house, bob, 'PUT', '/api/me/state', state)).status).toBe(200)
  const waiting = async () => {
    const { agents } = (await api<FloorPicture>(house, admin, 'GET', '/api/floor/main')).body
    const free = agents.filter(({ state }) => state === 'available').sort((one, other) => one.since - other.since)
    return free.map(({ name }) => name.split(' ')[0])
  }
  await expect.poll(waiting).toEqual(['Alice', 'Bob'])
}

/** Hz of the two tones (ITU-T Q.23). */
const KEY_9 = [852, 1_477] as const
/** How loud two tones are together in what the page plays, at best in the next second, or as soon as they reach `enough`: decibels. */
const loudest = (page: Page, tones: readonly [number, number], ms = 1_000, enough = 0) =>
  page.evaluate(
    async ([tones, ms, enough]) => {
      const { connections } = globalThis as unknown as { connections: RTCPeerConnection[] }
      const context = new AudioContext()
      const analyser = context.createAnalyser()
      analyser.fftSize = 2048
      analyser.smoothingTimeConstant = 0
      context.createMediaStreamSource(new MediaStream([connections.at(-1)!.getReceivers()[0]!.track])).connect(analyser)
      const bins = new Float32Array(analyser.frequencyBinCount)
      let most = -200
      for (const end = performance.now() + ms; performance.now() < end && most < enough;) {
        await new Promise((resolve) => setTimeout(resolve, 15))
        analyser.getFloatFrequencyData(bins)
        const levels = tones.map((hertz) => bins[Math.round((hertz / context.sampleRate) * analyser.fftSize)]!)
        most = Math.max(most, Math.min(...levels))
      }
      await context.close()
      return most
    },
    [tones, ms, enough] as const,
  )

/** The telephone dials alice's number, she answers and hears it. */
async function callsAlice(telephone: Telephone, alice: Page): Promise<void> {
  const answered = telephone.event('CALL_ESTABLISHED')
  await telephone.command('dial', `sip:${DID}@127.0.0.1`)
  await expectCall(alice, 'ringing-in')
  await alice.keyboard.press('Enter')
  await answered
  await expectHears(alice)
}

/** The trunk speaks to its SBC at this address from now on. */
async function leadTo(url: string, house: House, admin: string, trunkId: string): Promise<void> {
  await api(house, admin, 'PATCH', `/api/trunks/${trunkId}`, { url })
  await expectPhase(house, admin, trunkId, 'registered')
}

/** The telephone hears that the call is over, whoever ends it. */
async function ends(telephone: Telephone, agent: Page, hangUp: () => Promise<unknown>): Promise<void> {
  const closed = telephone.event('CALL_CLOSED')
  await hangUp()
  await closed
  await expectCall(agent, 'ended')
}

test('[SIP-9] the telephone dials a pool: alice’s desk rings, keys go both ways, and bob takes the caller from her', async ({
  desk: alice,
  person,
  house,
  lab,
  admin,
  trunkId,
}) => {
  const { telephone } = lab
  const pools = await api<{ items: { id: string }[] }>(house, admin, 'GET', '/api/pools')
  const [trunk] = await trunksOf(house, admin)
  const others = trunk!.numbers.filter(({ number }) => number !== POOLS_DID)
  const changed = { numbers: [...others, { number: POOLS_DID, poolId: pools.body.items[0]!.id }] }
  expect((await api(house, admin, 'PATCH', `/api/trunks/${trunkId}`, changed)).status).toBe(200)
  const bob = await person('bob')
  await openDesk(bob, house)
  await bobWaitsAnew(house, admin)

  const before = telephone.recordings()
  const answered = telephone.event('CALL_ESTABLISHED')
  await telephone.command('dial', `sip:${POOLS_DID}@127.0.0.1`)
  await expectCall(alice, 'ringing-in')
  await expectCall(bob, 'none')
  await alice.keyboard.press('Enter')
  await answered
  await expectHears(alice)

  const pressed = telephone.event('CALL_DTMF_START')
  await alice.keyboard.press('k')
  await alice.keyboard.press('7')
  expect((await pressed).param).toBe('7')
  await alice.keyboard.press('k')
  // and her browser plays what the caller presses
  const silence = await loudest(alice, KEY_9)
  const heard = loudest(alice, KEY_9, 8_000, silence + 16)
  await telephone.command('sndcode', '9')
  expect(await heard).toBeGreaterThan(silence + 15)

  await alice.keyboard.press('t')
  await alice.keyboard.type('102')
  await alice.getByRole('button', { name: /Transfer now/ }).click()
  await expectCall(bob, 'ringing-in')
  await bob.keyboard.press('Enter')
  await expectCall(alice, 'ended')
  await expectHears(bob)
  await expect.poll(() => pitch(bob, PHONE_TONE)).toBeGreaterThan(20)
  await expectSpeaks(bob)
  await ends(telephone, bob, () => telephone.command('hangup'))
  // the end of what it heard is bob
  await expect
    .poll(() =>
      telephone.recordings() > before ? shareOfTone(telephone.recording(), MICROPHONE_TONE, { last: 1.5 }).share : 0,
    )
    .toBeGreaterThan(0.2)
})

test('[SIP-9] the same trunk over TCP: a call survives the SBC’s restart, and hears of its end over the new connection', async ({
  desk: alice,
  house,
  lab,
  admin,
  trunkId,
}) => {
  const { telephone, sbc } = lab
  await leadTo(sbc.tcpUrl, house, admin, trunkId)
  await callsAlice(telephone, alice)

  await sbc.kill()
  await expectPhase(house, admin, trunkId, 'waiting')
  await sbc.start()
  await expectPhase(house, admin, trunkId, 'registered')
  await expectHears(alice)
  await expectCall(alice, 'talking')
  await ends(telephone, alice, () => telephone.command('hangup'))
  await leadTo(sbc.url, house, admin, trunkId)
})

test('[SIP-9] the same trunk over TLS, and over a WebSocket with TLS; one with a stranger’s certificate is not spoken to', async ({
  desk: alice,
  house,
  lab,
  admin,
  trunkId,
}) => {
  const { telephone, sbc, spare } = lab
  for (const url of [sbc.tlsUrl, sbc.wssUrl]) {
    await leadTo(url, house, admin, trunkId)
    await callsAlice(telephone, alice)
    await ends(telephone, alice, () => alice.keyboard.press('Shift+E'))
  }
  await spare.start()
  for (const url of [spare.tlsUrl, spare.wssUrl]) {
    const since = Date.now()
    await api(house, admin, 'PATCH', `/api/trunks/${trunkId}`, { url })
    const newFault = async () => {
      const { fault } = await stateOf(house, admin, trunkId)
      return fault && fault.at >= since ? fault.code : null
    }
    await expect.poll(newFault).toBe('unreachable')
    await leadTo(sbc.url, house, admin, trunkId)
  }
})
