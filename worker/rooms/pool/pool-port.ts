import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { GivenFields } from '#shared/domain/import/staged'
import type { ImportMemory, ImportView, RowVerdict } from '#shared/protocol/imports'
import type { PromisedCall } from '#shared/protocol/pool-talk'
import type { AgentToday, Pool, PoolStats } from '#shared/protocol/pools'
import type { HoursPreview, PoolHours, WhyEntry, WhyNothing } from '#shared/protocol/pool-hours'
import type { Receipt } from '#shared/protocol/receipt'
import type { CallerCard } from '#shared/protocol/caller-card'
import type { CallbackDue, LeaseView, PullReply } from '#shared/protocol/pulls'
import type { CardEditView, EditLockView, EntryCard } from '#shared/protocol/customer-edit'
import type { AgeingRun, ListPage } from '#shared/protocol/list-mode'
import type { FieldChange } from '#shared/domain/pool/card-edit'
import type { LockStep } from '#shared/domain/pool/edit-lock'
import type { RefusalCode } from '#shared/protocol/problem'
import type { BulkPort } from './bulk-port'
import type { Projection } from '#shared/protocol/common'
import type { PutEntryReply } from '#shared/protocol/leads'
import type { Check } from '../../db/do-not-call'
import type { DoNotCallNews } from './do-not-call'
import type { StagedPart } from './import-parts'
import type { LeadPut } from './leads'
import type { NumberTold } from '../number/number-port'
import type { Actor, Asked } from '../ports'

type By = Pick<Actor, 'userId' | 'name' | 'role'>

/** env.POOL.getByName(poolId) */
export interface PoolPort extends BulkPort {
  configure(pool: Pool): Promise<{ pool: Pool; projection: Projection }>
  settings(): Promise<Pool | null>
  stats(): Promise<PoolStats>
  today(agentId: string): Promise<AgentToday>
  /** POOL-15: the next promised calls this agent may take (theirs, and anyone's), soonest first, ≤ 50. */
  callbacks(agentId: string): Promise<CallbackDue[]>
  /** What this agent holds here (desk), without granting anything. */
  held(agentId: string): Promise<LeaseView | null>
  pull(command: {
    id: string | null
    agentId: string
    agentName: string
    entryId?: string | null
    isOffered?: boolean
  }): Promise<Asked<PullReply>>
  /** POOL-8, for the pool and for one customer. */
  whyNothing(): Promise<Asked<WhyNothing>>
  whyEntry(entryId: string): Promise<Asked<WhyEntry>>
  /** POOL-18: what hours would do now; nothing is kept. */
  previewHours(hours: PoolHours | null): Promise<Asked<HoursPreview>>
  /** POOL-18, 20, before a customer in hand is dialled. Refuses outside-hours, do-not-call, foreign-token; keeps the receipt. */
  checkDial(input: {
    entryId: string
    token: number
    agentId: string
    number?: string | undefined
  }): Promise<Asked<{ receipt: Receipt }>>
  /** In order; each result stands for itself. `actor.role` lifts limits for supervisors and administrators. */
  apply(actor: Pick<Actor, 'userId' | 'name' | 'role'>, commands: AgentCommand[]): Promise<CommandResult[]>
  /** A supervisor frees a lease, or (entryId null) every lease that is past its time or of an agent who left. */
  releaseFor(
    actor: Pick<Actor, 'userId' | 'name' | 'role'>,
    entryId: string | null,
    reason: string,
  ): Promise<{ released: { entryId: string; agentId: string; token: number }[] }>
  /** POOL-3: the ways out of a state that no disposition opens. Reopen: supervisor; out of do-not-call: administrator with a reason. */
  supervise(
    actor: Pick<Actor, 'userId' | 'name' | 'role'>,
    input: { id: string; entryId: string; action: 'pause' | 'resume' | 'reopen'; reason: string },
  ): Promise<Asked<{ projection: Projection }>>
  // POOL-23: editing a customer
  readCard(actor: By, entryId: string): Promise<Asked<EntryCard>>
  cardHistory(
    actor: By,
    input: { entryId: string; before: number | null },
  ): Promise<Asked<{ items: CardEditView[]; nextCursor: string | null }>>
  lockCard(actor: By, input: { entryId: string; lockId: string; step: LockStep }): Promise<Asked<EditLockView>>
  unlockCard(actor: By, input: { entryId: string; lockId: string }): Promise<Asked<null>>
  editCard(
    actor: By,
    input: { id: string; entryId: string; lockId?: string | undefined; changes: FieldChange[] },
  ): Promise<Asked<EntryCard & { projection: Projection }>>
  // POOL-21, 22: the list, and what age makes of it
  listPage(
    actor: By,
    query: {
      cursor: string | null
      status: string | null
      limit: number
      /** Only these entries: what a search found. */
      among?: number[]
    },
  ): Promise<Asked<ListPage>>
  /** Whether this viewer may hear of the pool live (topic `pool:ID`). */
  mayWatch(actor: Pick<Actor, 'userId' | 'role'>): Promise<Asked<null>>
  ageing(): Promise<AgeingRun>
  /** Looks at every entry again, slice by slice; answers at once. */
  ageNow(): Promise<Asked<AgeingRun>>
  /** AUTH-3: closes this session's sockets at once. */
  dropSession(sessionId: string, code: RefusalCode): Promise<void>
  releaseAgent(agentId: string, reason: string): Promise<{ released: { entryId: string; token: number }[] }>
  /** POOL-17: the call happened, nobody said what came of it. */
  bookMissing(input: {
    id: string
    agentId: string
    agentName: string
    entryId: string
    token: number
    callId: string | null
    at: number
    talkMs: number
  }): Promise<void>
  /** POOL-16: what came onto a list. The pool keeps what it has of it; holds on it end before this answers. */
  addDoNotCall(news: DoNotCallNews): Promise<void>
  /** POOL-25: one customer by a program, checked against the lists; `conflict` when they have changed since, or by the name. */
  putLead(put: LeadPut, check: Check): Promise<Asked<PutEntryReply>>
  removeDoNotCall(news: { list: string; version: number; value: string }): Promise<void>
  /** POOL-16: whether a number that this pool gave out may not be called now; asked before it is dialled. */
  isBarred(number: string): Promise<boolean>
  /** POOL-15: every promised call, soonest first, behind `cursor`. */
  promised(
    cursor: { at: number; entryId: number } | null,
    limit: number,
  ): Promise<Omit<PromisedCall, 'forName' | 'byName'>[]>
  /** POOL-10: the codes that attempts were booked with. */
  usedDispositions(): Promise<string[]>
  /** POOL-28: the columns of its lists, as scripts may name them; of the newest 500 customers. */
  customFields(): Promise<string[]>
  // imports
  openImport(input: {
    id: string
    fileName: string
    sha256: string
    /** null: rows come while the file is read. */
    rowCount: number | null
    policy: 'merge' | 'skip' | 'error'
    /** The sheet's headers and what each was taken for; none where rows came without a sheet. */
    columns?: { header: string; field: string }[]
    reopenUnreachable?: boolean
    sharedNumbers?: 'hold-back' | 'second-person'
    /** IMP-2: of the headers, where the columns were matched by hand. */
    signature?: string
    by: { id: string; name: string }
    at: number
  }): Promise<Asked<ImportView>>
  /**
   * Rows as the edge read them, packed into parts (worker/import/stage); the same chunk again is answered again, with other
   * rows refused `chunk-mismatch`.
   */
  putChunk(
    importId: string,
    n: number,
    parts: StagedPart[],
    /** POOL-16: what the lists say of these numbers; `conflict` when a list has changed since. */
    check?: Check,
  ): Promise<Asked<{ received: number }>>
  importView(importId: string): Promise<Asked<ImportView>>
  /** IMP-2, 5: how such columns were matched before, and the same file half imported by the same person. */
  importMemory(input: { userId: string; sha256: string; signature: string }): Promise<Asked<ImportMemory>>
  /** IMP-5: takes back the next slice of what an import did, where it was not touched since; until `state` is undone. */
  undoSlice(actor: Pick<Actor, 'userId' | 'name'>, importId: string): Promise<Asked<ImportView>>
  /** IMP-4: what is chosen in the dry run; `rowCount`: of one that was opened without it. Refuses `chunk-mismatch` where more came. */
  chooseImport(
    importId: string,
    choices: Partial<Pick<ImportView, 'policy' | 'reopenUnreachable' | 'sharedNumbers' | 'rowCount'>>,
  ): Promise<Asked<ImportView>>
  /** In the order of the sheet. `verdicts`: only these (none: all); `warned`: only rows taken with a warning. */
  importRows(
    importId: string,
    query: { verdicts: string[]; warned: boolean; cursor?: number; limit: number },
  ): Promise<Asked<{ items: (RowVerdict & { given: GivenFields })[]; nextCursor: string | null }>>
  /** Commits the next part (some hundred rows, one transaction); the route calls it until `state` is committed. Idempotent. */
  commitSlice(importId: string): Promise<Asked<ImportView>>
  /** Only with BENCH=1 (routes/bench). */
  addBenchRows(from: number, count: number): Promise<Asked<number>>
  /** POOL-27: further numbers of a customer; answers all of them, the primary one first. */
  addPhones(entryId: string, phones: { number: string; given: string }[]): Promise<Asked<{ phones: string[] }>>
  /** NumberRoom: another place wants these. The pool claims them from now on, and answers what it has leased, in order. */
  tellNumbers(numbers: string[], turn: number): Promise<NumberTold[]>
  /** NumberRoom: what was held elsewhere is free. */
  numbersFree(numbers: string[]): Promise<void>
  /** CallRoom: a call placed for a lease holds the customer until it is over, also where the lease ends before. */
  callHolds(input: { entryId: string; callId: string; number: string; since: number; isOver: boolean }): Promise<void>
  /** SIP-9: the customer a number belongs to; null: none of this pool's. */
  whoCalls(number: string): Promise<{ entryId: string; customerName: string | null } | null>
  /** PHONE-3: what the desk shows of them. */
  callerCard(entryId: string): Promise<CallerCard | null>
  settled(): Promise<void>
}
