import type { Entry, GrantEnd } from '#shared/domain/pool/entry'
import { isPullable, type Lane } from '#shared/domain/pool/lane'
import { rulesOf, type PoolRules } from '#shared/domain/pool/rules'
import type { Pool } from '#shared/protocol/pools'
import type { ShellStore } from '../shell-store'
import { AttemptStore } from './attempt-store'
import { BulkStore } from './bulk-store'
import { CardStore } from './card-store'
import { CarriedStore } from './carried-store'
import { DoNotCallStore } from './do-not-call-store'
import { EditStore } from './edit-store'
import { EntryStore } from './entry-store'
import type { StoredEntry } from './entry-row'
import type { PoolEvent } from './events'
import { LockStore } from './lock-store'
import { HoursStore } from './hours-store'
import { GatheredChanges } from './gathered-changes'
import { ImportStore } from './import-store'
import { ListStore } from './list-store'
import { LeadStore } from './leads'
import { MixTurn } from './mix-turn'
import { NumberStore } from './number-store'
import { followUp, parkedNow } from './numbers'
import { NumbersAhead } from './numbers-ahead'
import { PhoneStore } from './phone-store'
import { SeenStore } from './seen-store'
import { StandingStore } from './standing-store'
import { MovedStore } from './moved-store'
import { ReceiptStore } from './receipt-store'
import { openPoolTables } from './tables'

const TICK = 'tick'
/** Rows of old imports go little by little. */
export const FORGET_IMPORTS = 'forget-imports'
export const LOCKS = 'locks'
export const AGE = 'age'
/** Wake-ups are gathered to the second: each earlier alarm is an fsync of its own. */
const TICK_STEP_MS = 1_000

/** Timers of a beginning that is being barred: where the next slice starts, and who listed it. */
export const SWEEP = 'bar:'
export type Sweep = { after: string; by: { id: string; name: string } }

/** Everything one pool keeps. Writes happen inside the room's group; nothing here decides. */
export class PoolStore {
  readonly entries: EntryStore
  /** POOL-18: classes of customers and whether their hours are open. */
  readonly hours: HoursStore
  readonly receipts: ReceiptStore
  readonly cards: CardStore
  /** POOL-23: who changed which field of a customer; `edits.edited(entryId)` is what imports keep. */
  readonly edits: EditStore
  readonly locks: LockStore
  /** POOL-21, 22: where entries stand in the list. */
  readonly standings: StandingStore
  readonly seen: SeenStore
  /** Entries that changed in this group: told to whoever looks at the pool, once it is committed. */
  readonly touched = new Set<number>()
  readonly attempts: AttemptStore
  readonly doNotCall: DoNotCallStore
  readonly imports: ImportStore
  readonly mix: MixTurn
  readonly leads: LeadStore
  /** POOL-27: further numbers of a customer. */
  readonly phones: PhoneStore
  /** POOL-1: numbers that other places want too. */
  readonly numbers: NumberStore
  readonly ahead = new NumbersAhead()
  readonly lists: ListStore
  /** POOL-24. */
  readonly bulks: BulkStore
  readonly moved: MovedStore
  readonly carried: CarriedStore
  private readonly changes: GatheredChanges
  private settings: { pool: Pool; rules: PoolRules } | null = null
  private tickAt: number | null = null

  constructor(
    private readonly sql: SqlStorage,
    private readonly shell: ShellStore,
    readonly poolId: string,
    /** The pool's clock against the machine's, which the alarm goes by; 0 but in tests that bend time. */
    private readonly skewMs: () => number,
  ) {
    openPoolTables(sql)
    this.changes = new GatheredChanges(shell)
    this.moved = new MovedStore(sql)
    this.hours = new HoursStore(sql, () => this.pool)
    this.receipts = new ReceiptStore(sql)
    this.entries = new EntryStore(
      sql,
      (at) => this.wakeBy(at),
      (phone, timeZone) => this.hours.classOf(phone, timeZone),
      (id) => this.moved.isOnTheWay(id),
      (phones) => {
        this.numbers.arrived(phones, this.ahead)
        this.imports.arrived(phones)
      },
      (lane, priority) => this.placed(lane, priority),
    )
    this.phones = new PhoneStore(sql)
    this.numbers = new NumberStore(sql)
    this.cards = new CardStore(sql, (entryId, timeZone) => this.entries.putInClass(entryId, timeZone))
    this.edits = new EditStore(sql)
    this.locks = new LockStore(sql)
    this.standings = new StandingStore(sql)
    this.seen = new SeenStore(sql)
    this.attempts = new AttemptStore(sql)
    this.doNotCall = new DoNotCallStore(sql, poolId, (numbers) => this.imports.onTheWay(numbers))
    this.imports = new ImportStore(sql)
    this.mix = new MixTurn(sql)
    this.leads = new LeadStore(sql)
    this.lists = new ListStore(sql)
    this.bulks = new BulkStore(sql)
    this.carried = new CarriedStore(sql)
    this.reload()
  }

  /** What is kept in memory beside the rows, read again: at the start, and after writes were undone. */
  reload(): void {
    const row = this.sql.exec<{ value: string }>("SELECT value FROM setting WHERE key='pool'").toArray()[0]
    const pool = row ? (JSON.parse(row.value) as Pool) : null
    this.settings = pool && { pool, rules: rulesOf(pool) }
    this.changes.forget()
    this.entries.reload()
    this.attempts.deltas.forget()
    this.moved.reload()
    this.carried.reload()
    this.hours.reload()
    this.phones.reload()
    this.numbers.reload()
    this.doNotCall.reload()
    this.imports.reload()
    const at = this.shell.timerAt(TICK)
    this.tickAt = at === null ? null : at - this.skewMs()
  }

  get pool(): Pool | null {
    return this.settings?.pool ?? null
  }

  /** Only asked for once the pool is configured. */
  get rules(): PoolRules {
    if (!this.settings) throw new Error('the pool is not configured')
    return this.settings.rules
  }

  configure(pool: Pool): void {
    this.sql.exec("INSERT OR REPLACE INTO setting (key, value) VALUES ('pool', ?)", JSON.stringify(pool))
    this.settings = { pool, rules: rulesOf(pool) }
    this.hours.forgetOpenings()
  }

  save(before: StoredEntry, entry: Entry, now: number, lastDisposition?: string | null): StoredEntry {
    if (before.movedTo !== undefined) return this.moved.keep(before, entry)
    const saved = this.entries.save(before, parkedNow(this, before, entry, now), this.rules, now, lastDisposition)
    followUp(this, before, saved, now)
    this.touched.add(entry.id)
    return saved
  }

  /** Notes what the drain must carry on; answers the number that a reply's `projection` names. */
  journal(event: PoolEvent): number {
    if (event.kind === 'changed' && !event.cards && !event.exact) return this.changes.add(event)
    return this.shell.append(crypto.randomUUID(), event)
  }

  /** Before a group is committed: what its commands changed together. */
  keepGathered(): void {
    this.changes.keep()
    this.entries.lanes.keep()
    this.attempts.deltas.keep()
  }

  lastSeq(): number {
    return this.shell.lastSeq()
  }

  leaseId(entryId: number, token: number): string {
    return `${this.poolId}:${entryId}:${token}`
  }

  /** A live hold ended without its agent: the grant is closed, and the agent's room will hear of it. */
  endHold(entry: Entry, end: GrantEnd, by: string, reason: string | null): void {
    if (!entry.lease) return
    const { agentId, token } = entry.lease
    this.attempts.endGrant(entry.id, token, end)
    this.journal({ kind: 'lease-ended', agentId, leaseId: this.leaseId(entry.id, token), by, reason })
  }

  /** Work that goes on by itself: a room thrown away takes it up again so long after; null: it is over. */
  resumeBy(timer: string, inMs: number | null): void {
    if (inMs === null) this.shell.clearTimer(timer)
    else this.shell.setTimer(timer, Date.now() + inMs)
  }

  /** POOL-16: the customers whose numbers begin so are barred slice by slice, in groups of their own. */
  sweepFrom(prefix: string, from: Sweep): void {
    this.shell.setTimer(SWEEP + prefix, Date.now(), from)
  }

  /** POOL-23: when the next editing lock may lapse. */
  locksLapseAt(at: number): void {
    const known = this.shell.timerAt(LOCKS)
    if (known === null || at + this.skewMs() < known) this.shell.setTimer(LOCKS, at + this.skewMs())
  }

  /** POOL-21: when ageing looks again; null: not any more. */
  ageAt(at: number | null): void {
    if (at === null) this.shell.clearTimer(AGE)
    else this.shell.setTimer(AGE, at + this.skewMs())
  }

  agesAt(): number | null {
    const at = this.shell.timerAt(AGE)
    return at === null ? null : at - this.skewMs()
  }

  forgetImportsSoon(now: number): void {
    this.shell.setTimer(FORGET_IMPORTS, now + this.skewMs() + 500)
  }

  /** POOL-25: somebody of the push threshold or above may be pulled now; the room looks for an agent after the commit. */
  isUrgent = false
  private placed(lane: Lane, priority: number): void {
    const from = this.settings?.rules.pushPriority ?? null
    if (from !== null && priority >= from && isPullable(lane)) this.isUrgent = true
  }

  /** The tick is over: the next wake-up arms it again. */
  tickOver(): void {
    this.tickAt = null
    const next = this.entries.nextWakeAt()
    if (next !== null) this.wakeBy(next)
  }

  /** By the machine's clock. */
  retryNumbers(timer: string, at: number): void {
    this.shell.setTimer(timer, at)
  }

  private wakeBy(at: number): void {
    const tick = Math.ceil(at / TICK_STEP_MS) * TICK_STEP_MS
    if (this.tickAt !== null && this.tickAt <= tick) return
    this.tickAt = tick
    this.shell.setTimer(TICK, tick + this.skewMs())
  }
}
