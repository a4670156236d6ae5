import type { Seeded } from '#tests/support/seeded'
import { isRefusal, type Asked, type PoolPort } from '#worker/rooms/ports'
import type { Line } from './line'

const carol = { userId: 'carol', name: 'Carol', role: 'supervisor' as const }
const dora = { userId: 'dora', name: 'Dora', role: 'administrator' as const }

/** What happens to a pool from above: releases, pauses, reopenings, do-not-call, calls whose desk died. */
export class SimulatedFloor {
  constructor(
    private readonly chance: Seeded,
    private readonly line: Line,
    private readonly entryIds: string[],
    private readonly phoneOf: (entryId: string) => string,
  ) {}

  async act(): Promise<void> {
    const entryId = this.chance.pick(this.entryIds)
    const roll = this.chance.next()
    if (roll < 0.06) return this.release(entryId)
    if (roll < 0.12) return this.supervise(entryId, 'pause')
    if (roll < 0.3) return this.supervise(entryId, 'resume')
    if (roll < 0.985) return this.reopen(entryId)
    return this.bar(entryId)
  }

  private async release(entryId: string): Promise<void> {
    const sent = this.line.tick()
    await this.untilAnswered((room) => room.releaseFor(carol, entryId, 'stale'))
    this.line.seen({ kind: 'ended', entryId, token: null, sent, answered: this.line.tick() })
  }

  private async supervise(entryId: string, action: 'pause' | 'resume'): Promise<void> {
    const id = this.chance.uuid()
    const sent = this.line.tick()
    const reply = await this.untilAnswered((room) => room.supervise(carol, { id, entryId, action, reason: 'by hand' }))
    if (isRefusal(reply) || action === 'resume') return
    this.line.seen({ kind: 'ended', entryId, token: null, sent, answered: this.line.tick() })
  }

  /** Finished ones mostly; a barred one only now and then, its number taken off the list first. */
  private async reopen(entryId: string): Promise<void> {
    const sent = this.line.tick()
    if (this.chance.chance(0.3))
      await this.untilAnswered((room) =>
        room.removeDoNotCall({ list: 'global', version: 0, value: this.phoneOf(entryId) }).then(() => true),
      )
    const id = this.chance.uuid()
    const reply: Asked<unknown> = await this.untilAnswered((room) =>
      room.supervise(dora, { id, entryId, action: 'reopen', reason: 'recycled' }),
    )
    if (!isRefusal(reply)) this.line.seen({ kind: 'reopened', entryId, sent, answered: this.line.tick() })
  }

  private async bar(entryId: string): Promise<void> {
    const sent = this.line.tick()
    const number = this.phoneOf(entryId)
    const by = { id: dora.userId, name: dora.name }
    await this.untilAnswered((room) =>
      room.addDoNotCall({ list: 'global', version: 0, at: this.line.now(), by, values: [number] }).then(() => true),
    )
    this.line.seen({ kind: 'barred', entryId, sent, answered: this.line.tick() })
  }

  private async untilAnswered<T>(ask: (room: PoolPort) => Promise<T>): Promise<T> {
    for (;;) {
      this.line.commands += 1
      const reply = await this.line.asked(ask)
      if (reply !== null) return reply
    }
  }
}
