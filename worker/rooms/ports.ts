/**
 * What rooms may ask of each other. A room calls another only through these: by name, with a time-out of 2 s, never
 * inside blockConcurrencyWhile, and re-reads its own state after every await (input gates do not hold across one).
 */
import type { Shown } from '#shared/domain/trunk/caller-id'
import type { DiallingRules } from '#shared/domain/dialling/rules'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { AgentPicture, CallPicture, FloorPicture, MeEvent, Owed, PoolPicture } from '#shared/protocol/live'
import type { LeaseView, PullReply } from '#shared/protocol/pulls'
import type { CustomerNews } from '#shared/protocol/customer-edit'
import type { RefusalCode, RefusalFacts } from '#shared/protocol/problem'
import type { Dialling, AgentState } from '#shared/protocol/session'
import type { TrunkNumber, TrunkSettings, TrunkState } from '#shared/protocol/trunks'
import type { Preferences, Role } from '#shared/protocol/users'
import type { LegRow } from '../db/call-quality'
import type { DiallingContext } from './agent/dialling-rules-copy'
import type { MergeOrder } from './agent/merging'
import type { KnownCaller } from './call/call-store'
import type { Dial } from './call/dial-guard'
import type { MonitorPort } from './call/monitor-port'
import type { Leg } from '../sip/b2bua/state'
import type { Identity } from '../sip/b2bua/trunk-leg'
import type { Replaces } from '../sip/replaces'
import type { Page, PageAnswer } from '../sip/page'
import type { Status } from '../sip/subscription-body'

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
export type RoomRefusal = { refused: RefusalCode; detail?: string; facts?: RefusalFacts }
export type Asked<T> = T | RoomRefusal
export const isRefusal = (reply: unknown): reply is RoomRefusal =>
  typeof reply === 'object' && reply !== null && 'refused' in reply

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
  /** SIP-4: this agent's page is told to bring two of its calls together, or apart. */
  merge(order: MergeOrder): Promise<Asked<{ callIds: string[] }>>
  /** SIP-5: how this agent is; the room of the AOR `by` is told of every change until then. */
  watch(input: { by: string; until: number }): Promise<Status | { refused: 'too-many-watchers' }>
  /** That telling, as the room of who watches hears it; not wanted: nobody there watches them any more. */
  watchedChanged(input: { userId: string; status: Status }): Promise<{ isWanted: boolean }>
  /** SIP-5: a MESSAGE for all devices of this AOR but `sayer`'s own. */
  page(page: Page, sayer: string): Promise<PageAnswer>
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
  claim(callId: string, number: string, shown: Shown): Promise<TrunkClaim>
  callEnded(callId: string): Promise<void>
  /** Sends to the SBC, in order; false: there is no connection now, the texts are owed for 32 s. */
  deliver(instance: string, texts: string[]): Promise<boolean>
}
/** `secret`: sealed (worker/auth/secret-box). */
export type TrunkAccount = TrunkSettings & { id: string; version: number; secret: string }
/** `uri`: what the INVITE asks for, and who calls, as it is shown. */
export type TrunkClaim = ({ uri: string; keys?: 'info' } & Identity) | { refused: 'down' | 'full' }

/** env.CALL.getByName(callId): both dialogs of one call. */
export interface CallPort extends MonitorPort {
  /** Makes its tables and waits for a call: what is slow about a room that never was is done (decision 0236). */
  stand(): Promise<void>
  /** 'occupied': an INVITE for a new call, and another one is in this room. */
  receive(aor: string, instance: string, text: string, caller: CallerContext | null): Promise<'occupied' | void>
  end(reason: string): Promise<{ ended: boolean }>
  hold(on: boolean): Promise<{ held: boolean }>
  /** PHONE-9: the page of this device said that it goes. */
  orphaned(aor: string, instance: string): Promise<void>
  /** SIP-9: the connection of this trunk was cut and is back. */
  reconnected(aor: string): Promise<void>
  /** SIP-7: the meter found this call to be one too many; ends it unless it was answered. */
  refuse(code: RefusalCode): Promise<void>
  /** `callId`: of a part of it (`<call>.<n>`) that a transfer brought; the call itself otherwise. */
  picture(callId?: string): Promise<CallPicture | null>
  /** The AORs that took part in it; none: there is no such call (any more). */
  parties(): Promise<string[]>
  /** Those who are in it now, or ring: they may control it. */
  present(): Promise<string[]>
  /** SIP-9: the customer who called a pool's number; null: nobody the pool knows. */
  knownCaller(): Promise<KnownCaller | null>
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
  /** A call that came in by a trunk: the number dialled (E.164), where it leads, and the caller's number as it was given. */
  trunk?: { trunkId: string; number: string; rings: TrunkNumber; from: string; domain: string; keys?: 'info' }
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

export type { Claim, Claimed, NumberPort, NumberReport, NumberTold } from './number/number-port'
export type { PoolPort } from './pool/pool-port'
export type { MeEvent }
