import { callEnded, callGoesOn, callHappened, disposed, type Presence } from '#shared/domain/agent/presence'
import type { Owed } from '#shared/protocol/live'
import type { CallNews } from '../ports'
import type { AgentStore, CallRecord, OwedFor } from './agent-store'
import { leaseIdOf } from './desk'
import { seenOf } from './seen-call'

/** The calls of one agent and the dispositions they leave owed (POOL-17). Everything runs inside a group. */
export class CallBook {
  constructor(
    private readonly store: AgentStore,
    private readonly userId: () => string,
  ) {}

  /** `asked`: what is known of the lease the call was placed for. Returns the presence after it. */
  note(
    news: CallNews,
    asked: OwedFor | null,
    presence: Presence,
    now: number,
  ): { presence: Presence; owed: Owed | null } {
    const { call } = news
    // news may come twice, or late
    if (this.endedBefore().includes(call.callId)) return { presence, owed: null }
    const known = this.store.calls().find((one) => one.callId === call.callId)
    if (known && known.rev >= call.rev) return { presence, owed: null }
    if (call.endedAt === null) {
      const phase = call.answeredAt === null ? 'ringing' : 'talking'
      const next = callGoesOn(presence, call.callId, phase, now)
      const since = next.calls.find((one) => one.callId === call.callId)!.since
      const record: CallRecord = {
        callId: call.callId,
        rev: call.rev,
        phase,
        since,
        answered: phase === 'talking',
        rang: known?.rang === true || call.state === 'ringing',
        lease: known?.lease ?? asked,
        disposed: known?.disposed ?? false,
        seen: known?.seen?.other ? known.seen : seenOf(news, this.userId()),
      }
      this.store.keepCall(record)
      return { presence: next, owed: null }
    }
    const lease = known?.lease ?? asked
    this.store.dropCall(call.callId)
    this.rememberEnd(call.callId)
    const happened = callHappened({
      rang: known?.rang ?? false,
      answered: call.answeredAt !== null,
      sipStatus: news.sipStatus,
    })
    if (!lease || known?.disposed || !happened)
      return { presence: callEnded(presence, call.callId, null, now), owed: null }
    const leaseId = leaseIdOf(lease)
    const owed: Owed = {
      poolId: lease.poolId,
      poolName: lease.poolName,
      entryId: lease.entryId,
      token: lease.token,
      callId: call.callId,
      customerName: lease.customerName,
      phone: lease.phone,
      endedAt: call.endedAt,
      talkMs: news.talkMs ?? 0,
      hangupCause: call.hangupCause,
      bookedMissing: false,
    }
    this.store.keepOwed(leaseId, owed)
    return { presence: callEnded(presence, call.callId, { leaseId, lengthMs: lease.wrapUpMs }, now), owed }
  }

  /** The disposition was said: owed no more, and nothing will be owed for a call of it that still goes on. */
  settle(leaseId: string, presence: Presence): Presence {
    this.store.dropOwed(leaseId)
    for (const call of this.store.calls()) {
      if (call.lease && leaseIdOf(call.lease) === leaseId && !call.disposed)
        this.store.keepCall({ ...call, disposed: true })
    }
    return disposed(presence, leaseId)
  }

  owes(leaseId: string): boolean {
    return this.store.owed().some((owed) => leaseIdOf(owed) === leaseId)
  }

  /** The last few are enough: news is late by seconds. */
  private rememberEnd(callId: string): void {
    this.store.keep(ENDED, [...this.endedBefore().slice(-19), callId])
  }

  private endedBefore(): string[] {
    return this.store.kept<string[]>(ENDED) ?? []
  }
}

const ENDED = 'ended-calls'
