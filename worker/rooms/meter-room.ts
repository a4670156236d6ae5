import { costOf, dayOf, overLimit, type MeterRefusal, type Reading } from '#shared/domain/dialling/meter'
import type { Env } from '../env'
import type { MeteredCall, MeterPort, MeterView } from './meter/meter-port'
import { MeterStore } from './meter/meter-store'
import { Room } from './room'

/** A call whose end was never heard of stops counting after this: longer than any call may be. */
const LOST_MS = 26 * 3600_000

/** The deployment's calls to numbers, counted in one place but beside their way (SIP-7). Rules in shared/domain/dialling. */
export class MeterRoom extends Room implements MeterPort {
  private readonly store: MeterStore

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new MeterStore(this.sql)
  }

  note(call: MeteredCall): Promise<{ stop: MeterRefusal | null }> {
    return this.inGroup(null, () => {
      const now = Date.now()
      const running = this.store.running(call.callId)
      if (running) {
        if (call.endedAt === null) this.store.answered(call.callId, call.answeredAt)
        else this.store.end(call.callId, dayOf(call.endedAt), costOf(call.answeredAt, call.endedAt, running.price))
        return { stop: null }
      }
      const known = this.store.begun(call.callId)
      if (known) return { stop: known.refusal }
      // its beginning was never heard, and it is over: what it cost counts all the same
      if (call.endedAt !== null) {
        this.store.begin(call, now, null)
        this.store.end(call.callId, dayOf(call.endedAt), costOf(call.answeredAt, call.endedAt, call.pricePerMinute))
        return { stop: null }
      }
      this.store.forget(now, LOST_MS)
      const stop = overLimit(this.store.newest(call.limits), this.reading(call.agentId, now))
      // who talks already is not cut off: the limits are for calls that begin
      const refusal = call.answeredAt === null ? stop : null
      this.store.begin(call, now, refusal)
      return { stop: refusal }
    })
  }

  async view(): Promise<MeterView> {
    const now = Date.now()
    const { running, lastMinute, spent } = this.reading('', now)
    return { running, lastMinute, spentToday: spent, day: dayOf(now) }
  }

  private reading(agentId: string, now: number): Reading {
    const live = this.store.allRunning()
    const cost = live.reduce((sum, { answeredAt, price }) => sum + costOf(answeredAt, now, price), 0)
    return {
      running: live.length,
      agentRunning: live.filter((one) => one.agentId === agentId).length,
      lastMinute: this.store.begunSince(now - 60_000, null),
      agentLastMinute: this.store.begunSince(now - 60_000, agentId),
      spent: this.store.spentOn(dayOf(now)) + cost,
    }
  }
}
