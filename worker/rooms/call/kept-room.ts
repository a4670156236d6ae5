import type { Env } from '../../env'
import { log } from '../../log'
import { decide, type Input } from '../../sip/b2bua/decide'
import { isAside } from '../../sip/b2bua/monitor'
import type { B2bua, Decision, Mint, Send } from '../../sip/b2bua/state'
import { Room } from '../room'
import { ALL, type Ahead } from './ahead'
import { CallStore, type CallFile } from './call-store'
import { Delivery } from './delivery'
import { answeredBy } from './hunted'
import { NewsDesk, tellingOf, type Telling } from './news'

/** What was passed on and not kept yet is kept by then, if nothing kept it before: a page that answers by itself has answered. */
const KEPT_LATE_MS = 80
/** By then all have heard, as a rule: the journal is only emptied, once for what came together. */
const DRAIN_MS = 250

/**
 * A call as it is kept: what the back-to-back user agent decides is written down with its timers and its news, then leaves. What may
 * leave before (decision 0237) goes ahead, and the rest of it follows its commit.
 *
 *   apply ─▶ decide ─▶ keep (rows, timers, journal) ─commit─▶ deliver · tell
 *   goAhead ─▶ deliver what may leave ─▶ keepLate ─▶ keep ─commit─▶ deliver the rest · tell
 */
export abstract class KeptRoom extends Room {
  protected state: B2bua | null = null
  protected file: CallFile | null = null
  protected readonly delivery: Delivery
  protected readonly desk: NewsDesk
  private readonly store: CallStore
  private outbox: Send[] = []
  private telling: Telling | null = null
  /** What went ahead of being kept: since which revision, and what waits until it is kept. */
  private late: (Omit<Decision, 'state'> & { rev: number }) | null = null
  private isEmptied = false
  /** How often writes were undone. */
  private undone = 0
  protected override readonly gatherMs = DRAIN_MS
  protected override readonly gatherMoreMs = DRAIN_MS

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new CallStore(this.sql)
    this.delivery = new Delivery(env, this.name)
    this.desk = new NewsDesk(env, ctx)
    if (this.shell.isOpen) this.store.open()
    this.load()
  }

  /** What is under way goes on, after each commit and in a room that was just born again. */
  protected abstract goOn(): void
  /** Inside a group, after each decision. */
  protected abstract followMonitor(): void

  /** A call that never was leaves no tables; and an INVITE that opens one asks where it goes before a write holds it up. */
  protected override opensLate(): boolean {
    return true
  }

  private load(): void {
    const loaded = this.shell.isOpen ? this.store.load() : null
    this.state = loaded?.state ?? null
    this.file = loaded?.file ?? null
  }

  /** Inside a group. */
  protected openTables(): void {
    if (this.shell.isOpen && !this.isEmptied) return
    this.isEmptied = false
    this.openShell()
    this.store.open()
    this.store.load() // what an ended call has left goes with the first save
  }

  /** Inside a group only. */
  protected apply(input: Input): void {
    const before = this.state!
    this.keep(decide(before, input, Date.now(), mint), before.call.rev)
  }

  /** Inside a group. `before`: the revision that others know. */
  protected keep({ state, sends, timers: set }: Decision, before: number): void {
    this.openTables()
    const { late } = this
    const timers = [...(late?.timers ?? []), ...set]
    const revBefore = late?.rev ?? before
    this.late = null
    this.state = state
    this.file = answeredBy(state, this.file!)
    this.store.save(state, this.file)
    for (const { name, at } of timers) {
      if (at === null) this.shell.clearTimer(name)
      else this.shell.setTimer(name, at)
    }
    this.outbox.push(...(late?.sends ?? []), ...sends)
    this.followMonitor()
    if (state.call.rev === revBefore || isAside(state)) return // nobody hears of a test
    this.telling = tellingOf(state, this.file, Date.now())
    this.shell.append(`${state.id}:${state.call.rev}`, this.telling)
  }

  protected keepFile(file: CallFile): void {
    this.file = file
    this.store.save(this.state!, file)
  }

  /** Inside a group: leaves with its commit. */
  protected send(send: Send): void {
    this.outbox.push(send)
  }

  /** The call as a message opens it: in memory, and its telephones ring; kept by the commit that this resolves with. Null: not in a free room. */
  protected openAhead(state: B2bua, file: CallFile, input: Input): Promise<void> | null {
    if (this.state || this.isEmptied) return null
    this.file = file
    this.goAhead(decide(state, input, Date.now(), mint), 0, ALL)
    return this.keepNext(() => {
      if (this.state) return
      this.file = file
      this.keep({ state, sends: [], timers: [] }, 0)
      this.apply(input)
    })
  }

  /** Resolves when it need not be waited for. */
  protected applyAhead(input: Input, { leaves, isKeptAtOnce }: Ahead): Promise<void> {
    const before = this.state!
    this.goAhead(decide(before, input, Date.now(), mint), before.call.rev, leaves)
    if (isKeptAtOnce)
      return this.keepNext(() => {
        if (this.state) this.apply(input)
      })
    setTimeout(() => void this.inGroup(null, () => this.keepLate()).catch(noted), KEPT_LATE_MS)
    return Promise.resolve()
  }

  /** Whether the call is more than what went ahead. */
  protected get isOpenKept(): boolean {
    return this.late?.rev !== 0
  }

  /** With the next commit. `redo`: what went ahead was undone with another of its group, and is decided again like any. */
  private keepNext(redo: () => void): Promise<void> {
    const { undone } = this
    return this.inGroup(null, () => (undone === this.undone ? this.keepLate() : redo()))
  }

  private goAhead({ state, sends, timers }: Decision, rev: number, leaves: Ahead['leaves']): void {
    const { late } = this
    this.state = state
    this.late = {
      rev: late?.rev ?? rev,
      timers: [...(late?.timers ?? []), ...timers],
      sends: [...(late?.sends ?? []), ...sends.filter((send) => !leaves(send))],
    }
    const leaving = sends.filter(leaves)
    if (leaving.length > 0) this.ctx.waitUntil(this.delivery.deliver(leaving))
  }

  private keepLate(): void {
    if (this.late && this.state) this.keep({ state: this.state, sends: [], timers: [] }, this.state.call.rev)
  }

  protected override onRolledBack(): void {
    this.outbox = []
    this.telling = null
    this.late = null
    this.undone++
    this.load()
  }

  protected override onCommitted(): void {
    const sends = this.outbox.splice(0)
    if (sends.length > 0) this.ctx.waitUntil(this.delivery.deliver(sends))
    if (this.telling) this.desk.tellSoon(this.telling)
    this.telling = null
    this.goOn()
  }

  /** Nothing is left to say: the room gives its storage back. A message that still comes finds no call (481). */
  protected empty(): void {
    if (this.isEmptied) return
    this.isEmptied = true
    this.state = null
    this.file = null
    this.late = null
    setTimeout(() => {
      if (!this.isEmptied) return // a new call took the name
      this.ctx.waitUntil(this.ctx.storage.deleteAll().then(() => this.shell.reload()))
    }, 0)
  }
}

const noted = (fault: unknown) => log.warn('call not kept', { fault })

export const mint: Mint = {
  token: () => crypto.randomUUID().replaceAll('-', '').slice(0, 12),
  fraction: () => Math.random(),
}
