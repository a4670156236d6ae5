import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { backOff, LineKeeper, LOST_AFTER_MS } from '../../../web/src/lib/phone/line-keeper'

/** A network that answers when the test says so, and a clock that the test moves. */
class World {
  now = 0
  seen: string[] = []
  timer: { ms: number; run: () => void } | null = null
  connects: { resolve: () => void; reject: (error: Error) => void }[] = []
  registers: { resolve: (status: number) => void; reject: (error: Error) => void }[] = []
  keeper = new LineKeeper({
    connect: () => new Promise((resolve, reject) => this.connects.push({ resolve, reject })),
    register: () => new Promise((resolve, reject) => this.registers.push({ resolve, reject })),
    changed: (line, problem) => this.seen.push(problem ? `${line}:${problem}` : line),
    now: () => this.now,
    random: () => 0.5,
    later: (ms, run) => {
      const timer = { ms, run }
      this.timer = timer
      return () => {
        if (this.timer === timer) this.timer = null
      }
    },
  })
  async connected() {
    this.connects.shift()!.resolve()
    await turn()
  }
  async refusedConnection() {
    this.connects.shift()!.reject(new Error('no route'))
    await turn()
  }
  async registered(status = 200) {
    this.registers.shift()!.resolve(status)
    await turn()
  }
  async wait() {
    const { timer } = this
    this.timer = null
    this.now += timer!.ms
    timer!.run()
    await turn()
  }
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

let world: World
beforeEach(() => {
  world = new World()
})

describe('the line', () => {
  it('[PHONE-1] connects, registers, and says so once', async () => {
    world.keeper.start()
    world.keeper.start()
    await world.connected()
    await world.registered()
    expect(world.seen).toEqual(['connecting', 'registered'])
    expect(world.connects).toHaveLength(0)
  })
  it('[PHONE-8] a cut socket is opened and registered again', async () => {
    world.keeper.start()
    await world.connected()
    await world.registered()
    world.keeper.cut(1006)
    expect(world.keeper.line).toBe('reconnecting')
    await world.wait()
    await world.connected()
    await world.registered()
    expect(world.seen).toEqual(['connecting', 'registered', 'reconnecting', 'registered'])
  })
  it('[PHONE-1] is called lost after 30 s without one, and still comes back', async () => {
    world.keeper.start()
    await world.refusedConnection()
    while (world.keeper.line !== 'lost') {
      await world.wait()
      await world.refusedConnection()
    }
    expect(world.now).toBeGreaterThanOrEqual(LOST_AFTER_MS)
    expect(world.seen.at(-1)).toBe('lost:unreachable')
    await world.wait()
    await world.connected()
    await world.registered()
    expect(world.keeper.line).toBe('registered')
  })
  it('[AUTH-3] does not try again when the edge says signed out', async () => {
    world.keeper.start()
    await world.connected()
    await world.registered()
    world.keeper.cut(4401)
    expect(world.seen.at(-1)).toBe('lost:signed-out')
    expect(world.timer).toBeNull()
  })
  it('[SIP-2] does not try again when the registrar refuses', async () => {
    world.keeper.start()
    await world.connected()
    await world.registered(403)
    expect(world.seen.at(-1)).toBe('lost:refused')
    expect(world.timer).toBeNull()
  })
  it('the network’s return is not waited for', async () => {
    world.keeper.start()
    await world.refusedConnection()
    expect(world.timer).not.toBeNull()
    world.keeper.wake()
    expect(world.timer).toBeNull()
    expect(world.connects).toHaveLength(1)
  })
  it('stopped in the middle of anything, it stays off whatever is answered later', async () => {
    world.keeper.start()
    await world.connected()
    world.keeper.stop()
    await world.registered()
    world.keeper.cut(1006)
    expect(world.keeper.line).toBe('off')
    expect(world.timer).toBeNull()
  })
  it('waits with jitter, longer each time, at most 8 s', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const ms = backOff(attempt, random)
        expect(ms).toBeGreaterThanOrEqual(200)
        expect(ms).toBeLessThanOrEqual(8000)
      }),
    )
  })
})
