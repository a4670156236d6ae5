import { describe, expect, it } from 'vitest'
import { floorEvent, type FloorEvent } from '#shared/protocol/live'
import { agentPicture } from '#tests/support/floor-pictures'
import { FakeNetwork } from '#tests/support/fake-socket'
import { RoomSocket, type LiveStatus } from '../../../web/src/lib/live/room-socket'

function watch(options: { mayRetry?: () => Promise<boolean> } = {}) {
  const network = new FakeNetwork()
  const events: FloorEvent[] = []
  const statuses: (LiveStatus | [LiveStatus, string])[] = []
  const socket = new RoomSocket<FloorEvent>({
    topic: 'floor:main',
    schema: floorEvent,
    onEvent: (event) => events.push(event),
    onStatus: (status, code) => statuses.push(code ? [status, code] : status),
    surroundings: network,
    ...options,
  })
  socket.start()
  return { network, socket, events, statuses }
}
const snapshot = (seq = 0, epoch = 'e1') => ({ type: 'snapshot', epoch, seq, at: 5, agents: [], calls: [], pools: [] })
const changed = (seq: number, epoch = 'e1') => ({
  type: 'agent-state-changed',
  epoch,
  seq,
  at: 5,
  agent: agentPicture({ rev: seq }),
})

describe('the browser’s side of a live topic', () => {
  it('opens the topic with its subprotocol and hands on a snapshot and events, parsed and in order', () => {
    const { network, events, statuses } = watch()
    expect(network.last).toMatchObject({ path: '/api/live?topic=floor:main', protocol: 'switchroom.v1' })
    network.last.accept()
    network.last.says(snapshot())
    network.last.says(changed(1))
    network.last.says(changed(1))
    network.last.says(changed(2))
    expect(events.map((event) => event.seq)).toEqual([0, 1, 2])
    expect(statuses).toEqual(['connecting', 'live'])
  })

  it('resumes where it was after a drop, and drops what it has heard already', async () => {
    const { network, events, statuses } = watch()
    network.last.accept()
    network.last.says(snapshot(7))
    network.last.drops()
    await network.pass(500)
    expect(network.sockets.length).toBe(2)
    expect(network.last.path).toBe('/api/live?topic=floor:main&epoch=e1&seq=7')
    network.last.accept()
    network.last.says(changed(7))
    network.last.says(changed(8))
    expect(events.map((event) => event.seq)).toEqual([7, 8])
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting', 'live'])
  })

  it.each([
    ['a gap', changed(3)],
    ['an event of a foreign epoch', changed(1, 'e2')],
    ['what cannot be read', 'not json'],
  ])('asks for a snapshot after %s', async (_what, bad) => {
    const { network, events } = watch()
    network.last.accept()
    network.last.says(snapshot())
    const first = network.last
    first.says(bad)
    expect(first.closedWith).not.toBeNull()
    await network.pass(500)
    expect(network.last.path).toBe('/api/live?topic=floor:main')
    network.last.accept()
    network.last.says(snapshot(9, 'e2'))
    expect(events.map((event) => event.epoch)).toEqual(['e1', 'e2'])
  })

  it('takes a snapshot in the middle: the room slept and began a new epoch', () => {
    const { network, events } = watch()
    network.last.accept()
    network.last.says(snapshot(4))
    network.last.says(snapshot(0, 'e2'))
    network.last.says(changed(1, 'e2'))
    expect(events.map((event) => [event.epoch, event.seq])).toEqual([
      ['e1', 4],
      ['e2', 0],
      ['e2', 1],
    ])
  })

  it('passes over an event it does not know, and goes on after it', () => {
    const { network, events } = watch()
    network.last.accept()
    network.last.says(snapshot())
    network.last.says({ type: 'weather-changed', epoch: 'e1', seq: 1, at: 5, sky: 'blue' })
    network.last.says(changed(2))
    expect(events.map((event) => event.type)).toEqual(['snapshot', 'agent-state-changed'])
  })

  /** How long until the next try, in steps of a quarter second. */
  async function nextTry({ network }: ReturnType<typeof watch>): Promise<number> {
    const before = network.sockets.length
    let waited = 0
    for (; network.sockets.length === before && waited < 20_000; waited += 250) await network.pass(250)
    return waited
  }

  it('waits longer after each failure, up to 15 s, and begins again small once something was heard', async () => {
    const live = watch()
    const { network } = live
    const waits: number[] = []
    for (let n = 0; n < 10; n++) {
      network.last.drops()
      waits.push(await nextTry(live))
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(15_250)
    expect(waits.at(-1)).toBeGreaterThanOrEqual(4_500)
    network.last.accept()
    network.last.says(snapshot())
    network.last.drops()
    expect(await nextTry(live)).toBeLessThanOrEqual(500)
  })

  it('[PHONE-8] one that does not open within 4 s is given up: no other of the page could open before it', async () => {
    const live = watch()
    await live.network.pass(3_900)
    expect(live.network.sockets.length).toBe(1)
    expect(await nextTry(live)).toBeLessThanOrEqual(1_000)
    live.network.last.accept()
    expect(live.statuses.at(-1)).toBe('live')
  })

  it('pings with SIP’s keep-alive; a line that does not answer within 8 s is lost, and is not waited for', async () => {
    const { network, statuses } = watch()
    network.last.accept()
    expect(network.last.sent).toEqual(['\r\n\r\n'])
    await network.pass(40)
    network.last.says('\r\n')
    await network.pass(20_000)
    expect(network.last.sent.length).toBe(2)
    await network.pass(8_000)
    expect(network.sockets[0]!.closedWith).toBe(4001)
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting'])
    await network.pass(500)
    expect(network.sockets.length).toBe(2)
  })

  it('[AUTH-3] stops when the session ended, and says why', async () => {
    const { network, statuses } = watch()
    network.last.accept()
    network.last.drops(4401, 'session-revoked')
    await network.pass(60_000)
    expect(network.sockets.length).toBe(1)
    expect(statuses.at(-1)).toEqual(['signed-out', 'session-revoked'])
  })

  it('asks before trying again after a refused handshake, and stops when told to', async () => {
    const { network, statuses } = watch({ mayRetry: async () => false })
    network.last.drops()
    await network.pass(60_000)
    expect(network.sockets.length).toBe(1)
    expect(statuses.at(-1)).toBe('signed-out')
  })

  it('tries at once when the network is back', async () => {
    const live = watch()
    const { network, socket } = live
    for (let n = 0; n < 6; n++) {
      network.last.drops()
      await nextTry(live)
    }
    const before = network.sockets.length
    network.last.drops()
    socket.nudge()
    expect(network.sockets.length).toBe(before + 1)
    await network.pass(3_900)
    expect(network.sockets.length).toBe(before + 1)
  })

  it('says how far behind it is, whatever the device’s clock says', async () => {
    const { network, socket } = watch()
    network.last.accept()
    await network.pass(60)
    network.last.says('\r\n')
    const hoursWrong = network.now() + 3 * 3600_000
    network.last.says({ ...snapshot(), at: hoursWrong })
    expect(socket.delay.behindMs).toBe(30)
    expect(socket.delay.serverTime(network.now())).toBe(hoursWrong + 30)
    await network.pass(1_000)
    network.last.says({ ...changed(1), at: hoursWrong + 800 })
    expect(socket.delay.behindMs).toBe(230)
  })

  it('stops for good', async () => {
    const { network, socket } = watch()
    network.last.accept()
    socket.stop()
    expect(network.last.closedWith).toBe(1000)
    await network.pass(60_000)
    expect(network.sockets.length).toBe(1)
  })
})
