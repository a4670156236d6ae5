import { uuidv7 } from 'uuidv7'
import { wrapUpOver } from '#shared/domain/agent/presence'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { Env } from '../../env'
import { log } from '../../log'
import { callRoom } from '../doors'
import type { AgentProfile, CallNews } from '../ports'
import { withTimeout } from '../room'
import type { ShellStore } from '../shell-store'
import type { AgentStore, CallRecord, OwedFor } from './agent-store'
import { CallBook } from './call-book'
import type { Carried } from './carried'
import { leaseIdOf, type Desk } from './desk'
import { LeftPages } from './left-pages'
import type { PresenceKeeper } from './presence-keeper'

const WRAP_UP = 'wrap-up'
const OWED = 'owed:'
const QUIET_CALLS = 'quiet-calls'
/** Nobody did anything and no socket is open for this long: the desk is dead. */
const DESK_ALIVE_MS = 60_000
/** A live call without news for this long is asked for: an agent must not stay on a call that is no more. */
const QUIET_MS = 5 * 60_000
/** No other answer than these can ever come: the disposition is not asked for again. */
const UNANSWERABLE = new Set(['unknown-pool', 'unknown-entry', 'foreign-token'])
const DEFAULT_WRAP_UP_S = 30

type Parts = {
  env: Env
  ctx: Pick<DurableObjectState, 'waitUntil'>
  userId(): string
  store: AgentStore
  shell: ShellStore
  desk: Desk
  presence: PresenceKeeper
  profile(): AgentProfile | null
  isAtDesk(): boolean
  /** Whether this device has a socket now. */
  isThere(instance: string): boolean
  inGroup(decide: () => void): Promise<void>
}

/** What calls oblige an agent to: wrap-up, and to say what came of it (POOL-17). */
export class CallDuties {
  private readonly book: CallBook
  private readonly pages: LeftPages

  constructor(private readonly room: Parts) {
    this.book = new CallBook(room.store, () => room.userId())
    this.pages = new LeftPages(room)
  }

  owes(leaseId: string): boolean {
    return this.book.owes(leaseId)
  }

  callOwed(leaseId: string): string | null {
    return this.room.store.owed().find((one) => leaseIdOf(one) === leaseId)?.callId ?? null
  }

  async note(news: CallNews): Promise<void> {
    const { presence, shell } = this.room
    const asked = news.side === 'caller' && news.lease ? await this.owedFor(news) : null
    const { callId, endedAt } = news.call
    const isNew = endedAt === null && !this.room.store.calls().some((one) => one.callId === callId)
    const now = Date.now()
    await this.room.inGroup(() => {
      const noted = this.book.note(news, asked, presence.now, now)
      presence.keep(noted.presence)
      if (noted.presence.wrapUp) shell.setTimer(WRAP_UP, noted.presence.wrapUp.endsAt)
      if (noted.owed && asked)
        shell.setTimer(OWED + leaseIdOf(noted.owed), Math.max(asked.leaseExpiresAt, now + DESK_ALIVE_MS))
      if (noted.presence.calls.length > 0) shell.setTimer(QUIET_CALLS, now + QUIET_MS)
      else shell.clearTimer(QUIET_CALLS)
    })
    if (isNew) this.room.ctx.waitUntil(this.pages.heardOf(callId))
  }

  /** What a disposition asked for later must name: from the first news, when the lease is in hand. */
  private async owedFor({ lease, call }: CallNews): Promise<OwedFor> {
    const known = this.room.store.calls().find((one) => one.callId === call.callId)?.lease
    if (known) return known
    const { desk } = this.room
    if (!desk.isKnown) await desk.current().catch((fault: unknown) => log.warn('lease of a call not known', { fault }))
    const { poolId, entryId, token } = lease!
    const held = desk.inHand(0)
    const mine = held?.lease.id === leaseIdOf(lease!) ? held : null
    return {
      poolId,
      poolName: mine?.pool.name ?? this.room.profile()?.pools.find((pool) => pool.id === poolId)?.name ?? '',
      entryId,
      token,
      customerName: mine?.customer.name ?? call.customerName,
      phone: mine?.customer.phone ?? call.other,
      wrapUpMs: (mine?.pool.wrapUpSeconds ?? DEFAULT_WRAP_UP_S) * 1000,
      leaseExpiresAt: mine?.lease.expiresAt ?? Date.now(),
    }
  }

  /** A disposition was said, for a call that is over or still goes on. */
  async settle(command: AgentCommand, result: CommandResult): Promise<void> {
    if (command.kind !== 'record-disposition') return
    if (result.outcome === 'refused' && !UNANSWERABLE.has(result.code ?? '')) return
    const leaseId = leaseIdOf(command)
    const isOfCall = ({ lease }: CallRecord) => lease !== null && leaseIdOf(lease) === leaseId
    if (!this.book.owes(leaseId) && !this.room.store.calls().some(isOfCall)) return
    await this.room.inGroup(() => {
      this.room.presence.keep(this.book.settle(leaseId, this.room.presence.now))
      this.room.shell.clearTimer(OWED + leaseId)
    })
  }

  /** PHONE-9: these devices' page has gone. */
  pagesGone(instances: string[]): Promise<void> {
    const calls = this.room.store.calls().map(({ callId }) => callId)
    return this.pages.gone(instances, calls)
  }

  /** Devices came, or went. */
  phonesChanged(): void {
    this.pages.back()
  }

  /** Inside a group. False: the timer is not one of these. */
  onTimer(name: string, now: number): boolean {
    if (name === WRAP_UP) this.wrapUpOver(now)
    else if (name === QUIET_CALLS) this.askAfterCalls(now)
    else if (name.startsWith(OWED)) this.bookMissing(name.slice(OWED.length), now)
    else return false
    return true
  }

  /** Inside a group: a choice of the agent ended the wrap-up. */
  wrapUpEnded(): void {
    this.room.shell.clearTimer(WRAP_UP)
  }

  private wrapUpOver(now: number): void {
    const { presence, shell } = this.room
    const { wrapUp } = presence.now
    const next = wrapUpOver(presence.now, wrapUp !== null && this.book.owes(wrapUp.leaseId), now)
    presence.keep(next)
    if (next.wrapUp) shell.setTimer(WRAP_UP, next.wrapUp.endsAt)
  }

  /** Nobody is at the desk and the lease is over: the attempt is booked with its disposition missing, and asked for later. */
  private bookMissing(leaseId: string, now: number): void {
    const { store, shell } = this.room
    const owed = store.owed().find((one) => leaseIdOf(one) === leaseId)
    if (!owed || owed.bookedMissing) return
    if (this.room.isAtDesk()) return shell.setTimer(OWED + leaseId, now + DESK_ALIVE_MS)
    const { poolId, entryId, token, callId, endedAt: at, talkMs } = owed
    const who = { agentId: this.room.userId(), agentName: this.room.profile()?.name ?? '' }
    const booking = { id: uuidv7(), ...who, entryId, token, callId, at, talkMs }
    shell.append(booking.id, { kind: 'book-missing', poolId, booking } satisfies Carried)
    store.keepOwed(leaseId, { ...owed, bookedMissing: true })
  }

  private askAfterCalls(now: number): void {
    const calls = this.room.store.calls()
    if (calls.length > 0) this.room.shell.setTimer(QUIET_CALLS, now + QUIET_MS)
    this.room.ctx.waitUntil(Promise.all(calls.map((call) => this.askAfter(call))))
  }

  /** What the call says of itself; one that is no more has ended, and its end was not heard. */
  private async askAfter(known: CallRecord): Promise<void> {
    try {
      const picture = await withTimeout(callRoom(this.room.env, known.callId).picture(), 2_000)
      if (picture && picture.endedAt === null) return
      const now = Date.now()
      const call = picture ?? this.vanished(known, now)
      const talkMs = call.answeredAt === null ? null : (call.endedAt ?? now) - call.answeredAt
      await this.note({
        call: { ...call, rev: Math.max(call.rev, known.rev + 1) },
        side: 'caller',
        lease: known.lease,
        talkMs,
        sipStatus: null,
      })
    } catch (fault) {
      log.warn('call did not answer its agent', { callId: known.callId, fault })
    }
  }

  private vanished({ callId, answered, since, lease, rev }: CallRecord, now: number): CallNews['call'] {
    return {
      callId,
      state: answered ? 'completed' : 'failed',
      direction: lease ? 'outgoing' : 'internal',
      agentId: this.room.userId(),
      agentName: this.room.profile()?.name ?? '',
      other: lease?.phone ?? '',
      customerName: lease?.customerName ?? null,
      poolId: lease?.poolId ?? null,
      startedAt: since,
      answeredAt: answered ? since : null,
      endedAt: now,
      hangupCause: null,
      rev,
    }
  }
}
