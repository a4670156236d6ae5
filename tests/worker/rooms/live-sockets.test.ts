import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { agentPicture } from '#tests/support/floor-pictures'
import { carol, Viewer } from '#tests/support/workerd/live-viewer'
import { PING, PONG } from '#worker/rooms/live-sockets'

const room = (name: string) => env.FLOOR.getByName(`sockets-${name}`)
const named = (n: number) => agentPicture({ agentId: `agent-${n}`, rev: n })

describe('the live sockets of a room', () => {
  it('answers the subprotocol, and sends the snapshot first, then events numbered without a gap', async () => {
    const floor = room('order')
    await floor.agentChanged(named(1))
    const viewer = await Viewer.of(floor)
    expect(viewer.protocol).toBe('switchroom.v1')
    await viewer.until((v) => v.heard.length === 1)
    for (let n = 2; n <= 20; n++) await floor.agentChanged(named(n))
    await viewer.until((v) => v.heard.length === 20)
    const [snapshot, ...events] = viewer.heard
    expect(snapshot).toMatchObject({ type: 'snapshot', agents: [{ agentId: 'agent-1' }], calls: [], pools: [] })
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => snapshot!.seq + 1 + index))
    expect(new Set(viewer.heard.map((event) => event.epoch)).size).toBe(1)
  })

  it('resumes by epoch and seq with only what was missed', async () => {
    const floor = room('resume')
    const viewer = await Viewer.of(floor)
    await floor.agentChanged(named(1))
    await viewer.until((v) => v.heard.length === 2)
    const { resume } = viewer
    viewer.socket.close(1000, 'cable pulled')
    await floor.agentChanged(named(2))
    await floor.agentChanged(named(3))
    const again = await Viewer.of(floor, carol, resume)
    await again.until((v) => v.heard.length === 2)
    expect(again.heard.map((event) => [event.type, event.seq])).toEqual([
      ['agent-state-changed', Number(resume.seq) + 1],
      ['agent-state-changed', Number(resume.seq) + 2],
    ])
  })

  it.each([
    ['an epoch of another instance', { epoch: 'elsewhere', seq: '1' }],
    ['a seq that never was', { seq: '999' }],
    ['a seq that is no number', { seq: '-1e3' }],
  ])('answers %s with a snapshot', async (_what, resume) => {
    const floor = room(`resume-${resume.seq}`)
    const first = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    const viewer = await Viewer.of(floor, carol, { epoch: first.last!.epoch, ...resume })
    await viewer.until((v) => v.heard.length === 1)
    expect(viewer.last!.type).toBe('snapshot')
  })

  it('forgets events past its ring, and then sends a snapshot instead of a gap', async () => {
    const floor = room('ring')
    const viewer = await Viewer.of(floor)
    await viewer.until((v) => v.heard.length === 1)
    for (let n = 1; n <= 600; n++) await floor.agentChanged(named(n))
    const { epoch } = viewer.last!
    const tooOld = await Viewer.of(floor, carol, { epoch, seq: '5' })
    await tooOld.until((v) => v.heard.length > 0)
    expect(tooOld.heard[0]).toMatchObject({ type: 'snapshot', seq: 600 })
    const recent = await Viewer.of(floor, carol, { epoch, seq: '590' })
    await recent.until((v) => v.heard.length === 10)
    expect(recent.heard[0]).toMatchObject({ type: 'agent-state-changed', seq: 591 })
  })

  it('gives viewers who stayed connected while the room slept a snapshot of the new epoch before the next event', async () => {
    const floor = room('slept')
    await floor.agentChanged(named(1))
    const viewer = await (await Viewer.of(floor)).until((v) => v.heard.length === 1)
    const before = viewer.last!.epoch
    await runInDurableObject(floor, async (instance, state) => {
      // what a new instance does when it wakes with sockets still there
      await new Promise((resolve) => setTimeout(resolve, 300))
      const woken = new (
        instance.constructor as new (ctx: DurableObjectState, environment: typeof env) => typeof instance
      )(state, env)
      await woken.agentChanged(named(2))
    })
    await viewer.until((v) => v.heard.length === 3)
    const [, snapshot, event] = viewer.heard
    expect(snapshot).toMatchObject({ type: 'snapshot', seq: 0 })
    expect(snapshot!.epoch).not.toBe(before)
    expect(event).toMatchObject({ type: 'agent-state-changed', epoch: snapshot!.epoch, seq: 1 })
  })

  it('answers the keep-alive without waking the room, with the bytes SIP uses', async () => {
    const viewer = await (await Viewer.of(room('ping'))).until((v) => v.heard.length === 1)
    const pong = new Promise((resolve) =>
      viewer.socket.addEventListener('message', (message) => resolve(message.data), { once: true }),
    )
    viewer.socket.send(PING)
    await expect(pong).resolves.toBe(PONG)
  })

  it('[AUTH-3] closes every socket of a user, or of one session, and no other', async () => {
    const floor = room('drop')
    const first = await Viewer.of(floor, { userId: 'carol', sessionId: 's1' })
    const second = await Viewer.of(floor, { userId: 'carol', sessionId: 's2' })
    const doras = await Viewer.of(floor, { userId: 'dora', sessionId: 's3' })
    await floor.dropSession('s1', 'session-revoked')
    await first.until((v) => v.closed !== null)
    expect(first.closed).toEqual({ code: 4401, reason: 'session-revoked' })
    expect(second.closed).toBeNull()
    await floor.dropUser('carol', 'account-disabled')
    await second.until((v) => v.closed !== null)
    expect(second.closed).toEqual({ code: 4401, reason: 'account-disabled' })
    await floor.agentChanged(named(1))
    await doras.until((v) => v.heard.length === 2)
    expect(doras.closed).toBeNull()
  })

  it('closes a viewer that talks, and keeps serving the rest', async () => {
    const floor = room('talks')
    const rude = await Viewer.of(floor)
    const other = await Viewer.of(floor)
    rude.socket.send('x'.repeat(10_000))
    await rude.until((v) => v.closed !== null)
    expect(rude.closed!.code).toBe(1008)
    await floor.agentChanged(named(1))
    await other.until((v) => v.heard.length === 2)
  })

  it('refuses what is no upgrade', async () => {
    expect((await room('plain').fetch('https://room/live')).status).toBe(426)
  })
})
