/**
 * What rooms may ask of each other. A room calls another only through these: by name, with a time-out of 2 s, never
 * inside blockConcurrencyWhile, and re-reads its own state after every await (input gates do not hold across one).
 */
import type { DiallingRules } from '#shared/domain/dialling/rules'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { GivenFields } from '#shared/domain/import/staged'
import type { Tries } from '#shared/domain/number/caps'
import type { ImportMemory, ImportView, RowVerdict } from '#shared/protocol/imports'
import type { AgentPicture, CallPicture, FloorPicture, MeEvent, Owed, PoolPicture } from '#shared/protocol/live'
import type { PromisedCall } from '#shared/protocol/pool-talk'
import type { AgentToday, Pool, PoolStats } from '#shared/protocol/pools'
import type { HoursPreview, PoolHours, WhyEntry, WhyNothing } from '#shared/protocol/pool-hours'
import type { Receipt } from '#shared/protocol/receipt'
import type { CallbackDue, LeaseView, PullReply } from '#shared/protocol/pulls'
import type { CardEditView, CustomerNews, EditLockView, EntryCard } from '#shared/protocol/customer-edit'
import type { AgeingRun, ListPage } from '#shared/protocol/list-mode'
import type { FieldChange } from '#shared/domain/pool/card-edit'
import type { LockStep } from '#shared/domain/pool/edit-lock'
import type { RefusalCode, RefusalFacts } from '#shared/protocol/problem'
import type { Dialling, AgentState } from '#shared/protocol/session'
import type { TrunkSettings, TrunkState } from '#shared/protocol/trunks'
import type { Preferences, Role } from '#shared/protocol/users'
import type { BulkPort } from './pool/bulk-port'
import type { Projection } from '#shared/protocol/common'
import type { PutEntryReply } from '#shared/protocol/leads'
import type { LegRow } from '../db/call-quality'
import type { Check } from '../db/do-not-call'
import type { DoNotCallNews } from './pool/do-not-call'
import type { StagedPart } from './pool/import-parts'
import type { LeadPut } from './pool/leads'
import type { DiallingContext } from './agent/dialling-rules-copy'
import type { Dial } from './call/dial-guard'
import type { Leg } from '../sip/b2bua/state'
import type { Replaces } from '../sip/replaces'

/** Who asks, already authenticated. */
export type Actor = { userId: string; name: string; role: Role; sessionId: string }
/** What a live session says about its user. */
export type SessionActor = {
  username: string
  name: string
  role: Role
  mustChangePassword: boolean
  kind: 'browser' | 'program'
  expiresAt: number
}
type By = Pick<Actor, 'userId' | 'name' | 'role'>
export type RoomRefusal = { refused: RefusalCode; detail?: string; facts?: RefusalFacts }
export type Asked<T> = T | RoomRefusal
export const isRefusal = (reply: unknown): reply is RoomRefusal =>
  typeof reply === 'object' && reply !== null && 'refused' in reply

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
    rowCount: number
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
  /** IMP-4: what is chosen in the dry run. */
  chooseImport(
    importId: string,
    choices: Partial<Pick<ImportView, 'policy' | 'reopenUnreachable' | 'sharedNumbers'>>,
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
  settled(): Promise<void>
}

export type Binding = { instance: string; contact: string }

/** env.AGENT.getByName(userId): sessions, presence, the desk lease, the SIP registrar and sockets of one AOR. */
export interface AgentPort {
  // sessions (AUTH-3): the truth about who is still signed in
  openSession(input: {
    kind: 'browser' | 'program'
    userAgent: string
    now: number
  }): Promise<Asked<{ sessionId: string; refreshToken: string | null; expiresAt: number }>>
  /** `actor`: who it is now, by the room's copy of the user's row, so that a changed role counts within 10 s. */
  checkSession(sessionId: string): Promise<{ live: boolean; code?: RefusalCode; actor?: SessionActor }>
  refresh(sessionId: string, refreshToken: string): Promise<Asked<{ refreshToken: string; expiresAt: number }>>
  closeSession(sessionId: string): Promise<void>
  /** After a new password: only the session that chose it goes on. */
  closeOtherSessions(sessionId: string): Promise<void>
  /** Everywhere at once: sockets closed with `signed-out`, lease freed; a live call may finish. */
  closeAllSessions(code: RefusalCode): Promise<void>
  signInGate(address: string, now: number): Promise<{ allowed: boolean; retryAt: number | null }>
  noteSignIn(address: string, succeeded: boolean, now: number): Promise<void>
  /** The copy of the user's row and pools this room works from; pushed by routes after a change. */
  setProfile(profile: AgentProfile): Promise<void>
  /** SIP-7: pushed after a change; an older version changes nothing. */
  setDiallingRules(rules: DiallingRules): Promise<void>
  /** That copy, read from D1 when there is none yet; null: no such user. */
  whoami(): Promise<AgentProfile | null>
  /** Trunks were added, changed or removed: what a call to a number would be made with is asked anew. */
  carriersChanged(): Promise<void>
  /** With DEMO=1: the page that stands for every customer's telephone was opened or closed. */
  demoTelephone(isOpen: boolean): Promise<void>
  // presence and work in hand
  setState(
    actor: Actor,
    state: 'available' | 'not-ready' | 'offline',
    reason: string | null,
  ): Promise<Asked<{ state: AgentState; since: number }>>
  presence(): Promise<{ state: AgentState; reason: string | null; since: number; dialling: Dialling }>
  pull(
    actor: Actor,
    command: { id: string | null; poolId: string | null; entryId?: string | null },
  ): Promise<Asked<{ reply: PullReply; granted: boolean }>>
  current(actor: Actor): Promise<{ lease: LeaseView | null; owed: Owed[] }>
  command(actor: Actor, commands: AgentCommand[]): Promise<Asked<CommandResult[]>>
  /** A pool says that a lease of this agent ended without the agent: released by a supervisor, or granted on. */
  leaseEnded(input: { leaseId: string; by: string; reason: string | null }): Promise<void>
  /** POOL-5: the customer this agent holds was meanwhile completed by a late disposition: told before they dial. */
  leaseWarned(input: { leaseId: string; warning: 'completed-meanwhile'; by: string }): Promise<void>
  /** POOL-25: a pool has an urgent customer. Taken only by an available agent at their desk, who pulls from it as always. */
  offer(input: { poolId: string }): Promise<{ taken: boolean }>
  /** POOL-15: a callback promised to this agent, or by them, was changed by someone else. */
  callbacksChanged(): Promise<void>
  /** POOL-23: the customer in hand is being edited, or was edited, by somebody (perhaps this agent's other window). */
  customerNews(news: CustomerNews): Promise<void>
  // SIP (worker/sip): CallRoom asks and delivers
  bindings(): Promise<Binding[]>
  /** The CallRoom a Call-ID of this AOR's phones belongs to. */
  roomOf(sipCallId: string): Promise<string>
  /** Who this is as a caller, without a lease: for a transfer they order (SIP-4). */
  callerContext(): Promise<CallerContext>
  /** Sends to one device, in order; false: it has no socket now, the texts are owed for 32 s. */
  deliver(instance: string, texts: string[]): Promise<boolean>
  /** SIP-2: a device was revoked: its sockets close at once. */
  dropDevice(deviceId: string): Promise<void>
  /** CallRoom tells every change of a call this AOR takes part in. */
  callChanged(input: CallNews): Promise<void>
}
export type AgentProfile = {
  userId: string
  username: string
  name: string
  extension: string | null
  role: Role
  disabledAt: number | null
  dialWith: 'auto' | 'browser' | 'device' | 'handset'
  mustChangePassword?: boolean
  createdAt?: number
  lastSignInAt?: number | null
  preferences?: Preferences
  /** Of the user's row: an older push never overwrites a newer one. */
  version?: number
  /** In the agent's order. */
  pools: { id: string; name: string }[]
}
export type CallNews = {
  call: CallPicture
  /** This AOR's side of it. */
  side: 'caller' | 'callee'
  /** The lease the call was placed for, if any. */
  lease: { poolId: string; entryId: string; token: number } | null
  talkMs: number | null
  sipStatus: number | null
}

/** env.TRUNK.getByName(trunkId): one account at an SBC, its connection, and its channels (SIP-9). */
export interface TrunkPort {
  /** The settings as they are now; an older version never overwrites a newer one. */
  configure(account: TrunkAccount): Promise<void>
  /** Signs off and forgets everything. */
  remove(): Promise<void>
  state(): Promise<TrunkState>
  /** A channel for this call; the same call asks twice and has one. */
  claim(callId: string, number: string): Promise<TrunkClaim>
  callEnded(callId: string): Promise<void>
  /** Sends to the SBC, in order; false: there is no connection now, the texts are owed for 32 s. */
  deliver(instance: string, texts: string[]): Promise<boolean>
}
/** `secret`: sealed (worker/auth/secret-box). */
export type TrunkAccount = TrunkSettings & { id: string; version: number; secret: string }
/** `uri`: what the INVITE asks for; `from`: the caller as it is shown. */
export type TrunkClaim = { uri: string; from: string; domain: string } | { refused: 'down' | 'full' }

/** env.CALL.getByName(callId): both dialogs of one call. */
export interface CallPort {
  receive(aor: string, instance: string, text: string, caller: CallerContext | null): Promise<void>
  end(reason: string): Promise<{ ended: boolean }>
  hold(on: boolean): Promise<{ held: boolean }>
  /** PHONE-9: the page of this device said that it goes. */
  orphaned(aor: string, instance: string): Promise<void>
  /** SIP-7: the meter found this call to be one too many; ends it unless it was answered. */
  refuse(code: RefusalCode): Promise<void>
  /** `callId`: of a part of it (`<call>.<n>`) that a transfer brought; the call itself otherwise. */
  picture(callId?: string): Promise<CallPicture | null>
  /** The AORs that took part in it; none: there is no such call (any more). */
  parties(): Promise<string[]>
  /** Those who are in it now, or ring: they may control it. */
  present(): Promise<string[]>
  /** SIP-4: `from` leaves, and whom `to` names comes. Refuses call-not-talking, transfer-under-way. */
  transfer(order: { from: string; to: string; by: CallerContext }): Promise<Asked<{ moving: true }>>
  /** Nobody new: who was to leave talks on. False: nothing was under way, or they talk already. */
  stopTransfer(): Promise<{ stopped: boolean }>
  /** SIP-5: another call takes over whom this AOR's dialog talks to; asked twice it answers the same. Null: not now, or no such dialog. */
  cede(aor: string, replaces: Replaces, to: string): Promise<CededLeg | null>
}
/** A leg that another call gives, and what that call knew of who is at its end. */
export type CededLeg = { leg: Leg; other: string; user: string; trunks: string[]; dial: Dial | null }
/** What the AgentRoom knows about its own AOR, attached to an initial INVITE: never taken from the message. */
export type CallerContext = {
  /** SIP-7: the dialling rules as its room knows them, and what it does just now; none: the house's own. */
  dialling?: DiallingContext
  userId: string
  username: string
  name: string
  extension: string | null
  role: Role | 'guest'
  /** `phones`: the customer's other numbers (POOL-27). */
  lease: {
    poolId: string
    entryId: string
    token: number
    customerName: string | null
    phone: string
    phones?: string[]
  } | null
  /** A call that came in by a trunk: the number dialled (E.164), whose it is, and the caller's number as it was given. */
  trunk?: { trunkId: string; number: string; userId: string; from: string; domain: string }
}

/** env.FLOOR.getByName(teamId); issue-wide there is one team, `main`. */
export interface FloorPort {
  agentChanged(agent: AgentPicture): Promise<void>
  agentRemoved(agentId: string): Promise<void>
  /** POOL-25: who is available, longest first. */
  available(): Promise<{ agentId: string; since: number }[]>
  callChanged(call: CallPicture): Promise<void>
  poolChanged(pool: PoolPicture): Promise<void>
  /** The picture as it stands, for programs that poll (GET /api/floor/main). */
  picture(): Promise<FloorPicture>
  /** AUTH-3: closes this user's (or this session's) floor sockets at once; `code` is the refusal the client shows. */
  dropUser(userId: string, code: RefusalCode): Promise<void>
  dropSession(sessionId: string, code: RefusalCode): Promise<void>
}
export const MAIN_TEAM = 'main'

/** env.LEDGER.getByName(`ledger-${0…7}`): batches the calls of many CallRooms into D1. */
export interface LedgerPort {
  book(rows: CallRow[]): Promise<void>
  /** PHONE-7: what a leg's phone measured, when its call is over. */
  bookLeg(row: LegRow): Promise<void>
}
export type CallRow = {
  callId: string
  agentId: string
  agentName: string
  other: string
  poolId: string | null
  entryId: string | null
  direction: 'outgoing' | 'internal' | 'incoming'
  startedAt: number
  answeredAt: number | null
  endedAt: number
  talkMs: number
  hangupCause: string | null
  sipStatus: number | null
  endedBy: 'caller' | 'callee' | 'server' | null
  rev: number
}

/**
 * env.NUMBER.getByName(`numbers-${0…63}`): whose a number is, across pools and live calls (POOL-1), and how often it was
 * tried (POOL-19). A pool that alone has a number leases it without a word to anyone.
 */
export interface NumberPort {
  /** Before they can be pulled. `shared`: the pool must claim these before it leases them; the others are its own. */
  register(pool: string, numbers: string[]): Promise<{ turn: number; shared: string[] }>
  /** May the pool lease them now? Each stands for itself. */
  claim(pool: string, claims: Claim[]): Promise<Claimed[]>
  /** What happened to shared numbers in a pool: leases that ended, attempts. Idempotent. */
  report(pool: string, reports: NumberReport[]): Promise<void>
  /** A call that no pool's lease answers for. */
  callBegan(number: string, callId: string): Promise<void>
  callEnded(number: string, callId: string): Promise<void>
}
/** `key`: new for every claim; the lease it leads to is reported over by it. */
export type Claim = { number: string; key: string }
/** `turn`: a newer word of the shard has a higher one. `tries`: by other pools. */
export type Claimed = { number: string; turn: number } & (
  | { answer: 'own' | 'hold'; tries: Tries }
  /** `until`: where the holder could say. */
  | { answer: 'held'; until: number | null }
)
export type NumberReport = { number: string; ended: string[]; tries: Tries }
/** What a pool has leased with a number: `key` null, nothing. `isGone`: it is in no list of this pool any more. */
export type NumberTold = { number: string; key: string | null; until: number; isGone: boolean; tries: Tries }
export type { MeEvent }
