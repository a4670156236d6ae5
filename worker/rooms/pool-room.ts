import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { AgentToday, Pool, PoolStats } from '#shared/protocol/pools'
import type { CallbackDue, LeaseView, PullReply } from '#shared/protocol/pulls'
import { dayOf } from '#shared/domain/pool/figures'
import type { Env } from '../env'
import { drainPool } from '../journal/pool-drain'
import { BULK_TIMER } from './pool/bulk'
import { callbackDue, promisedCalls } from './pool/callbacks'
import { applyCommand } from './pool/commands'
import { configurePool } from './pool/configure'
import { checkDial } from './pool/contactability'
import { learn, sweep } from './pool/do-not-call'
import { KEEP_ROWS_MS } from './pool/imports'
import { putLead } from './pool/leads'
import { NUMBERS_TIMER } from './pool/number-desk'
import { AskFirst, callHolds, numbersFree, orAskFirst, tellNumbers, type Pass } from './pool/numbers'
import { ageSlice } from './pool/ageing'
import { sweepLocks } from './pool/card-edits'
import { mayWatch } from './pool/listing'
import { PoolNews } from './pool/pool-news'
import { OfficeRoom } from './pool/office-room'
import { OFFER, Offers } from './pool/offers'
import { PicturePush } from './pool/picture-push'
import { AGE, LOCKS, FORGET_IMPORTS, SWEEP, type PoolStore, type Sweep } from './pool/pool-store'
import { heldLease, pullNext } from './pool/pull'
import type { Commander } from './pool/replies'
import { bookDeadCall, releaseEntries } from './pool/supervision'
import { leaseView, poolStats } from './pool/views'
import { wakeDue } from './pool/wake'
import { previewHours, whyEntry, whyNothing } from './pool/why'
import type { Asked, PoolPort } from './ports'
import type { JournalRow } from './room'
import type { Timer } from './shell-store'

type Ask<M extends keyof PoolPort, N extends number = 0> = Parameters<PoolPort[M]>[N]
const CALLBACKS = 50

/**
 * One pool: the single writer of its entries, leases and attempts. Here is what agents and other rooms ask of it; what the
 * office does with it is OfficeRoom, how anything is decided DecidingRoom. No rules live here: a command is decided by
 * shared/domain/pool over the store's rows, in the group it came with, and answered when the group is committed.
 */
export class PoolRoom extends OfficeRoom implements PoolPort {
  /** The pool's clock; tests that bend time replace it. */
  static clock: () => number = () => Date.now()

  private readonly push: PicturePush
  private readonly news: PoolNews
  private readonly offers: Offers

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.news = new PoolNews(ctx, this.store, () => this.now())
    this.push = new PicturePush(env, this.store, () => this.now())
    this.offers = new Offers({
      env,
      store: this.store,
      now: () => this.now(),
      setTimer: (name, at) => this.inGroup(null, () => this.shell.setTimer(name, at)),
    })
    if (this.store.lists.hasUntold) this.shell.setTimer('tell', Date.now())
  }

  protected now(): number {
    return PoolRoom.clock()
  }

  async configure(pool: Pool): Promise<{ pool: Pool; projection: { room: string; seq: number } }> {
    return this.inGroup(null, () => configurePool(this.store, pool, this.now()))
  }

  async settings(): Promise<Pool | null> {
    return this.store.pool
  }

  async stats(): Promise<PoolStats> {
    return this.inGroup(null, () => {
      wakeDue(this.store, this.now())
      return poolStats(this.store, this.now())
    })
  }

  async today(agentId: string): Promise<AgentToday> {
    if (!this.store.pool) return { attempts: 0, reached: 0, positive: 0, talkMs: 0 }
    const { skips: _skips, ...today } = this.store.attempts.figures(
      dayOf(this.now(), this.store.rules.timeZone),
      agentId,
    )
    return today
  }

  async callbacks(agentId: string): Promise<CallbackDue[]> {
    if (!this.store.pool) return []
    return this.store.entries.callbacksFor(agentId, CALLBACKS).map((stored) => callbackDue(this.store, stored, agentId))
  }

  async promised(...[cursor, limit]: Parameters<PoolPort['promised']>): ReturnType<PoolPort['promised']> {
    return this.inGroup(null, () => promisedCalls(this.store, cursor, limit))
  }

  async usedDispositions(): Promise<string[]> {
    return this.store.attempts.usedCodes()
  }

  async customFields(): Promise<string[]> {
    return this.store.cards.customFields()
  }

  async held(agentId: string): Promise<LeaseView | null> {
    return this.inGroup(null, () => {
      wakeDue(this.store, this.now())
      const stored = this.store.entries.heldBy(agentId)
      const held = stored && heldLease(stored)
      return held && leaseView(this.store, held)
    })
  }

  async pull(command: Ask<'pull'>): Promise<Asked<PullReply>> {
    const pulled = await this.grantingOnce(command.id, (store, now, pass) => pullNext(store, command, now, pass))
    if ('refused' in pulled) return pulled
    if ('nothing' in pulled) return pulled.nothing
    return leaseView(this.store, pulled.held) ?? { refused: 'unknown-entry' }
  }

  /** A decision that grants: made again after each number it had to claim first; remembered when it is made. */
  private grantingOnce<T extends object>(
    id: string | null,
    decision: (store: PoolStore, now: number, pass: Pass) => T,
  ): Promise<Asked<T>> {
    return this.numbers.deciding((pass) =>
      this.decide<T | AskFirst>(null, (store, now) => {
        const known = id === null ? undefined : this.shell.knownReply(id)
        if (known !== undefined) return JSON.parse(known) as T
        const decided = orAskFirst(() => decision(store, now, pass))
        if (id !== null && !(decided instanceof AskFirst)) this.shell.remember(id, JSON.stringify(decided), Date.now())
        return decided
      }),
    )
  }

  async whyNothing(): ReturnType<PoolPort['whyNothing']> {
    return this.decide(null, (store, now) => whyNothing(store, now))
  }

  async whyEntry(entryId: string): ReturnType<PoolPort['whyEntry']> {
    return this.decide(null, (store, now) => whyEntry(store, entryId, now))
  }

  async previewHours(hours: Ask<'previewHours'>): ReturnType<PoolPort['previewHours']> {
    return this.decide(null, (store, now) => previewHours(store, hours, now))
  }

  async checkDial(input: Ask<'checkDial'>): ReturnType<PoolPort['checkDial']> {
    return this.decide(null, (store, now) => checkDial(store, input, now))
  }

  async apply(actor: Commander, commands: AgentCommand[]): Promise<CommandResult[]> {
    return Promise.all(commands.map((command) => this.applyOne(actor, command)))
  }

  private async applyOne(actor: Commander, command: AgentCommand): Promise<CommandResult> {
    let isNew = false
    const result = await this.decide(command.id, (store, now) => {
      isNew = true
      return applyCommand(store, actor, command, now)
    })
    if ('refused' in result) return { id: command.id, outcome: 'refused', code: result.refused, detail: result.detail }
    return !isNew && result.outcome === 'accepted' ? { ...result, outcome: 'duplicate' } : result
  }

  async mayWatch(actor: Ask<'mayWatch'>): ReturnType<PoolPort['mayWatch']> {
    return this.decide(null, (store) => mayWatch(store, actor))
  }

  async dropSession(sessionId: string, code: Ask<'dropSession', 1>): Promise<void> {
    this.news.live.drop({ sessionId }, code)
  }

  /** The upgrade that routes/live hands over; whether this viewer may look was asked before. */
  override async fetch(request: Request): Promise<Response> {
    return this.news.live.accept(request)
  }

  override webSocketMessage(ws: WebSocket): void {
    this.news.live.onMessage(ws)
  }

  /** Nothing to tidy: the runtime answers Close and forgets the socket. */
  override webSocketClose(): void {}

  async releaseAgent(agentId: string, reason: string): ReturnType<PoolPort['releaseAgent']> {
    return this.inGroup(null, () => {
      const held = this.store.entries.heldBy(agentId)
      return { released: held ? releaseEntries(this.store, [held.entry.id], agentId, reason, this.now()) : [] }
    })
  }

  async bookMissing(input: Ask<'bookMissing'>): Promise<void> {
    await this.decide(input.id, (store, now) => bookDeadCall(store, input, now))
  }

  async putLead(put: Ask<'putLead'>, check: Ask<'putLead', 1>): ReturnType<PoolPort['putLead']> {
    return this.decide(null, (store, now) => {
      learn(store, check, now)
      wakeDue(store, now)
      return putLead(store, put, now)
    })
  }

  async tellNumbers(numbers: string[], turn: number): ReturnType<PoolPort['tellNumbers']> {
    return this.inGroup(null, () => {
      const pending = (number: string) => this.numbers.pendingKey(number)
      return tellNumbers(this.store, numbers, turn, pending, this.now())
    })
  }

  async numbersFree(numbers: string[]): Promise<void> {
    await this.inGroup(null, () => numbersFree(this.store, numbers, this.now()))
  }

  async callHolds(call: Ask<'callHolds'>): Promise<void> {
    await this.inGroup(null, () => callHolds(this.store, call, this.now()))
  }

  protected override onTimer(timer: Timer, now: number): void {
    if (timer.name === 'tell') return this.tellAnew(now)
    if (timer.name === OFFER) return this.ctx.waitUntil(this.offers.look())
    if (timer.name === BULK_TIMER) return this.bulkRunner.wake()
    if (timer.name.startsWith(SWEEP)) {
      sweep(this.store, timer.name.slice(SWEEP.length), JSON.parse(timer.data) as Sweep, this.now())
      return
    }
    if (timer.name === NUMBERS_TIMER) return this.ctx.waitUntil(this.numbers.flush())
    if (timer.name === FORGET_IMPORTS) {
      if (this.store.imports.forget(this.now() - KEEP_ROWS_MS)) this.store.forgetImportsSoon(this.now())
      return
    }
    if (timer.name === LOCKS) return sweepLocks(this.store, this.now())
    if (timer.name === AGE) return ageSlice(this.store, this.now())
    if (timer.name !== 'tick') return
    wakeDue(this.store, this.now())
    this.store.tickOver()
    this.shell.forgetOldCommands(this.now())
  }

  /** D1's list of entries took another shape: told anew, slice by slice. */
  private tellAnew(now: number): void {
    const entries = this.store.lists.untold()
    if (entries.length > 0) this.store.journal({ kind: 'changed', entries })
    if (this.store.lists.hasUntold) this.shell.setTimer('tell', now + 50)
  }

  override async settled(): Promise<void> {
    await super.settled()
    await this.numbers.flush()
  }

  protected override beforeCommit(): void {
    this.store.keepGathered()
  }

  protected override onRolledBack(): void {
    this.store.reload()
  }

  protected override onCommitted(): void {
    this.ctx.waitUntil(this.push.soon())
    if (this.store.isUrgent) {
      this.store.isUrgent = false
      this.ctx.waitUntil(this.offers.look())
    }
    this.news.flush()
    this.ctx.waitUntil(this.numbers.flush())
  }

  protected override drain(rows: JournalRow[]): Promise<number> {
    return drainPool(this.env, this.store, rows, (news) => this.addDoNotCall(news))
  }
}
