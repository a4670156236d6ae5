import { uuidv7 } from 'uuidv7'
import { afterFailure, isLocked } from '#shared/domain/access/lockout'
import { choose, mayPull, wrapUpOver, type Presence } from '#shared/domain/agent/presence'
import type { z } from 'zod'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'
import type { AgentPicture, MeEvent, meState } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import type { RefusalCode } from '#shared/protocol/problem'
import { loadProfile } from '../auth/profiles'
import type { Env } from '../env'
import { log } from '../log'
import { AgentStore, type OwedFor } from './agent/agent-store'
import { CallBook } from './agent/call-book'
import { Desk, leaseIdOf } from './agent/desk'
import { DiallingNow } from './agent/dialling'
import { FloorNews } from './agent/floor-news'
import { lineViewer } from './agent/line-request'
import { PresenceKeeper } from './agent/presence-keeper'
import { Sessions } from './agent/sessions'
import { LINE_TIMER, SipLine } from './agent/sip-line'
import { asking, floorRoom, poolRoom } from './doors'
import { LiveSockets, SIGNED_OUT } from './live-sockets'
import { MAIN_TEAM, type Actor, type AgentPort, type AgentProfile, type CallerContext, type CallNews } from './ports'
import { Room, withTimeout, type JournalRow } from './room'
import type { Timer } from './shell-store'

type MeState = z.infer<typeof meState>
type Journalled =
  | { kind: 'book-missing'; poolId: string; booking: Parameters<import('./ports').PoolPort['bookMissing']>[0] }
  | { kind: 'release-agent'; poolId: string; reason: string }

const WRAP_UP = 'wrap-up'
const LEASE = 'lease'
const AWAY = 'away'
const OWED = 'owed:'
/** A browser agent whose last device went is shown offline after this long: a reload or a lift takes less. */
const AWAY_MS = 60_000
/** How long after the lease a disposition is waited for when nobody is at the desk; asked again when somebody is. */
const DESK_ALIVE_MS = 60_000
const SAVE_MS = 300

/**
 * One user: sessions, presence, the desk lease, and the SIP line of the AOR. The agent's side of every pull and command
 * passes here, one after another.
 *
 *   sessions · presence · calls and owed dispositions: rows         the desk lease: memory, asked of the pools (0041)
 *   every change ─▶ me sockets at once, FloorRoom right after (FLOOR-1)
 */
export class AgentRoom extends Room implements AgentPort {
  private readonly store: AgentStore
  private readonly sessionBook: Sessions
  private readonly presenceNow: PresenceKeeper
  private readonly callBook: CallBook
  private readonly desk: Desk
  private readonly diallingNow: DiallingNow
  private readonly floor: FloorNews
  private readonly live: LiveSockets<MeEvent>
  private readonly line: SipLine
  private profileCopy: AgentProfile | null
  private toldMe = ''
  private toldFloor = ''
  private isSaving = false
  private commandAt = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const now = Date.now()
    this.store = new AgentStore(this.sql)
    this.profileCopy = this.store.profile()
    this.sessionBook = new Sessions(this.store, this.name)
    this.presenceNow = new PresenceKeeper(this.store, now)
    this.callBook = new CallBook(this.store)
    this.diallingNow = new DiallingNow(env)
    this.floor = new FloorNews(ctx, env)
    this.live = new LiveSockets<MeEvent>(ctx, () => ({ type: 'snapshot', me: this.meState() }))
    this.line = new SipLine({
      ctx,
      env,
      aor: () => this.name,
      caller: (lease) => this.caller(lease),
      onBindingsChanged: () => this.deviceMayHaveGone(),
      setTimer: (name, at) => void this.inGroup(null, () => this.shell.setTimer(name, at)),
      clearTimer: (name) => void this.inGroup(null, () => this.shell.clearTimer(name)),
    })
    this.desk = new Desk({
      env,
      userId: () => this.name,
      pools: () => this.profileCopy?.pools ?? [],
      mayPull: () => this.whyNotPull(),
      owes: (leaseId) => this.callBook.owes(leaseId),
      onLease: (view) => this.onLease(view),
      onCommand: (command, result) => this.onCommand(command, result),
    })
  }

  // ---- who is signed in (AUTH-3) ----------------------------------------------------------------------------------

  async openSession(input: { kind: 'browser' | 'program'; userAgent: string; now: number }) {
    await this.readProfile()
    if (!this.profileCopy) return { refused: 'not-found' as const }
    if (this.profileCopy.disabledAt !== null) return { refused: 'account-disabled' as const }
    return this.inGroup(null, () => this.sessionBook.open(input))
  }

  async checkSession(sessionId: string) {
    const now = Date.now()
    const found = this.sessionBook.find(sessionId, now)
    if (!found.live) return { live: false, code: found.code }
    if (this.sessionBook.needsNote(found.session, now))
      await this.inGroup(null, () => this.sessionBook.noteUse(found.session, now))
    const profile = await this.profile()
    if (!profile || profile.disabledAt !== null) return { live: false, code: 'account-disabled' as const }
    const { username, name, role, mustChangePassword = false } = profile
    const { kind, expires_at: expiresAt } = found.session
    return { live: true, actor: { username, name, role, mustChangePassword, kind, expiresAt } }
  }

  async refresh(sessionId: string, refreshToken: string) {
    const now = Date.now()
    const { revoked, ...reply } = await this.inGroup(null, () => this.sessionBook.refresh(sessionId, refreshToken, now))
    if (revoked) this.dropSockets(sessionId, 'refresh-reused')
    return reply
  }

  async closeSession(sessionId: string): Promise<void> {
    const now = Date.now()
    await this.inGroup(null, () => {
      this.sessionBook.close(sessionId, 'session-revoked', now)
      if (this.sessionBook.ids().length === 0) this.choosePresence('offline', null, now)
    })
    this.dropSockets(sessionId, 'session-revoked')
    this.changed()
  }

  async closeOtherSessions(sessionId: string): Promise<void> {
    for (const id of this.sessionBook.ids()) if (id !== sessionId) await this.closeSession(id)
  }

  /** Signed out everywhere. The lease is free when this answers; a pool that does not answer is told again later. */
  async closeAllSessions(code: RefusalCode): Promise<void> {
    const now = Date.now()
    await this.inGroup(null, () => {
      for (const id of this.sessionBook.ids()) this.sessionBook.close(id, code, now)
      this.choosePresence('offline', null, now)
      for (const { id: poolId } of this.profileCopy?.pools ?? []) {
        this.shell.append(uuidv7(), { kind: 'release-agent', poolId, reason: code } satisfies Journalled)
      }
    })
    this.live.drop({ userId: this.name }, code)
    // a call that goes on may finish: its signalling needs the line
    if (this.presenceNow.now.calls.length === 0) this.line.closeAll(SIGNED_OUT, code)
    this.ctx.waitUntil(
      floorRoom(this.env, MAIN_TEAM).dropUser(this.name, code).catch(noted('floor sockets not closed')),
    )
    await withTimeout(this.settled(), 3_000).catch(noted('leases not released yet'))
    this.changed()
  }

  async signInGate(address: string, now: number) {
    const tries = this.store.tries(address)
    return isLocked(tries, now) ? { allowed: false, retryAt: tries!.lockedUntil } : { allowed: true, retryAt: null }
  }

  async noteSignIn(address: string, succeeded: boolean, now: number): Promise<void> {
    await this.inGroup(null, () => {
      const tries = this.store.tries(address)
      if (!succeeded) this.store.keepTries(address, afterFailure(tries, now))
      else if (tries) this.store.keepTries(address, null)
    })
  }

  async setProfile(profile: AgentProfile): Promise<void> {
    if ((this.profileCopy?.version ?? 0) > (profile.version ?? 0)) return
    await this.inGroup(null, () => {
      this.store.keepProfile(profile)
      this.profileCopy = profile
    })
    this.changed()
  }

  /** The user as every device sees it, from the copy: D1 may be down. */
  async whoami(): Promise<AgentProfile | null> {
    return this.profile()
  }

  private async profile(): Promise<AgentProfile | null> {
    if (!this.profileCopy) await this.readProfile()
    return this.profileCopy
  }

  private async readProfile(): Promise<void> {
    try {
      const profile = await withTimeout(loadProfile(this.env, this.name), 5_000)
      if (profile) await this.setProfile(profile)
    } catch (fault) {
      log.warn('profile not read; the copy counts', { userId: this.name, fault })
    }
  }

  // ---- presence and work in hand ----------------------------------------------------------------------------------

  async setState(actor: Actor, state: 'available' | 'not-ready' | 'offline', reason: string | null) {
    const refused = this.revoked(actor)
    if (refused) return refused
    await this.warm()
    const now = Date.now()
    const reply = await this.inGroup(null, () => this.choosePresence(state, reason, now))
    this.changed()
    return reply
  }

  async presence() {
    await this.warm()
    return { ...this.presenceNow.shown(Date.now()), dialling: this.dialling() }
  }

  async pull(actor: Actor, command: { id: string | null; poolId: string | null }) {
    const refused = this.revoked(actor)
    if (refused) return refused
    await this.profile()
    this.isHere()
    return this.desk.pull(command, actor)
  }

  async current(actor: Actor) {
    await this.profile()
    const lease = this.revoked(actor) ? null : await this.desk.current()
    return { lease, owed: this.store.owed() }
  }

  async command(actor: Actor, commands: AgentCommand[]) {
    const refused = this.revoked(actor)
    if (refused) return refused
    this.isHere()
    return this.desk.command(actor, commands)
  }

  async leaseEnded({ leaseId, by, reason }: { leaseId: string; by: string; reason: string | null }): Promise<void> {
    this.desk.drop(leaseId)
    this.live.publish({ type: 'lease-released', leaseId, by, reason })
    this.changed()
  }

  async leaseWarned({
    leaseId,
    warning,
    by,
  }: {
    leaseId: string
    warning: 'completed-meanwhile'
    by: string
  }): Promise<void> {
    this.live.publish({ type: 'lease-warned', leaseId, warning, by })
  }

  private revoked(actor: Actor) {
    const found = this.sessionBook.find(actor.sessionId, Date.now())
    return found.live ? null : { refused: found.code }
  }

  private whyNotPull(): RefusalCode | null {
    if (this.store.owed().length > 0) return 'disposition-owed'
    return mayPull(this.presenceNow.now, Date.now()) ? null : 'not-available'
  }

  /** Inside a group. */
  private choosePresence(state: 'available' | 'not-ready' | 'offline', reason: string | null, now: number) {
    const phone = { needed: this.dialling().with === 'browser', registered: this.line.bindings().length > 0 }
    const chosen = choose(this.presenceNow.now, { state, reason }, phone, now)
    if (!chosen.ok) return { refused: chosen.refusal }
    this.presenceNow.keep(chosen.value)
    this.shell.clearTimer(WRAP_UP)
    const shown = this.presenceNow.shown(now)
    return { state: shown.state, since: shown.since }
  }

  /** The agent does something: they are here, whatever their sockets say. */
  private isHere(): void {
    this.commandAt = Date.now()
    if (this.presenceNow.now.awaySince !== null) void this.setPresence({ ...this.presenceNow.now, awaySince: null })
  }

  private async setPresence(presence: Presence): Promise<void> {
    this.presenceNow.now = presence
    await this.inGroup(null, () => this.presenceNow.keep(this.presenceNow.now))
    this.changed()
  }

  private onLease(view: LeaseView | null): void {
    this.presenceNow.now = {
      ...this.presenceNow.now,
      lease: view && { since: view.lease.since, expiresAt: view.lease.expiresAt },
    }
    this.changed()
  }

  private async onCommand(command: AgentCommand, result: CommandResult): Promise<void> {
    if (command.kind !== 'record-disposition') return
    const unanswerable =
      result.outcome === 'refused' && ['unknown-pool', 'unknown-entry', 'foreign-token'].includes(result.code ?? '')
    const leaseId = leaseIdOf(command)
    const isOpen =
      this.callBook.owes(leaseId) || this.store.calls().some((call) => call.lease && leaseIdOf(call.lease) === leaseId)
    if (!isOpen || (result.outcome === 'refused' && !unanswerable)) return
    await this.inGroup(null, () => {
      this.presenceNow.keep(this.callBook.settle(leaseId, this.presenceNow.now))
      this.shell.clearTimer(OWED + leaseId)
    })
    this.changed()
  }

  // ---- calls (POOL-17) --------------------------------------------------------------------------------------------

  async callChanged(news: CallNews): Promise<void> {
    const asked = news.side === 'caller' && news.lease ? await this.owedFor(news) : null
    const now = Date.now()
    await this.inGroup(null, () => {
      const { presence, owed } = this.callBook.note(news, asked, this.presenceNow.now, now)
      this.presenceNow.keep(presence)
      if (presence.wrapUp) this.shell.setTimer(WRAP_UP, presence.wrapUp.endsAt)
      if (owed && asked)
        this.shell.setTimer(OWED + leaseIdOf(owed), Math.max(asked.leaseExpiresAt, now + DESK_ALIVE_MS))
    })
    if (this.name === this.profileCopy?.userId) {
      this.live.publish(
        news.call.endedAt === null
          ? { type: 'call-updated', call: news.call }
          : { type: 'call-ended', call: news.call },
      )
    }
    if (this.presenceNow.now.calls.length === 0 && this.profileCopy?.disabledAt)
      this.line.closeAll(SIGNED_OUT, 'account-disabled')
    this.changed()
  }

  /** What a disposition asked for later must name, from the lease in hand. */
  private async owedFor({ lease, call }: CallNews): Promise<OwedFor> {
    const { poolId, entryId, token } = lease!
    const known = this.store.calls().find((one) => one.callId === call.callId)?.lease
    if (known) return known
    if (!this.desk.isKnown) await this.desk.current().catch(noted('lease of a call not known'))
    const view = this.desk.inHand(0)
    const mine = view?.lease.id === leaseIdOf(lease!) ? view : null
    return {
      poolId,
      poolName: mine?.pool.name ?? this.profileCopy?.pools.find((pool) => pool.id === poolId)?.name ?? '',
      entryId,
      token,
      customerName: mine?.customer.name ?? call.customerName,
      phone: mine?.customer.phone ?? call.other,
      wrapUpMs: (mine?.pool.wrapUpSeconds ?? 30) * 1000,
      leaseExpiresAt: mine?.lease.expiresAt ?? Date.now(),
    }
  }

  protected override onTimer(timer: Timer, now: number): void {
    if (timer.name.startsWith(LINE_TIMER)) this.line.onTimer(timer.name)
    else if (timer.name === WRAP_UP) {
      const { wrapUp } = this.presenceNow.now
      const next = wrapUpOver(this.presenceNow.now, wrapUp !== null && this.callBook.owes(wrapUp.leaseId), now)
      this.presenceNow.keep(next)
      if (next.wrapUp) this.shell.setTimer(WRAP_UP, next.wrapUp.endsAt)
    } else if (timer.name === AWAY) {
      if (!this.hasDevice() && this.presenceNow.now.chosen.state !== 'offline')
        this.presenceNow.keep({ ...this.presenceNow.now, awaySince: now })
    } else if (timer.name.startsWith(OWED)) this.bookMissing(timer.name.slice(OWED.length), now)
    this.changed()
  }

  /** POOL-17: nobody is at the desk and the lease is over: the attempt is booked with its disposition missing. */
  private bookMissing(leaseId: string, now: number): void {
    const owed = this.store.owed().find((one) => leaseIdOf(one) === leaseId)
    if (!owed || owed.bookedMissing) return
    if (this.live.viewers > 0 || now - this.commandAt < DESK_ALIVE_MS)
      return this.shell.setTimer(OWED + leaseId, now + DESK_ALIVE_MS)
    const { poolId, entryId, token, callId, endedAt: at, talkMs } = owed
    const booking = {
      id: uuidv7(),
      agentId: this.name,
      agentName: this.profileCopy?.name ?? '',
      entryId,
      token,
      callId,
      at,
      talkMs,
    }
    this.shell.append(booking.id, { kind: 'book-missing', poolId, booking } satisfies Journalled)
    this.store.keepOwed(leaseId, { ...owed, bookedMissing: true })
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    for (const { event } of rows) {
      const told = JSON.parse(event) as Journalled
      const door = () => poolRoom(this.env, told.poolId)
      if (told.kind === 'book-missing') await asking(door, (pool) => pool.bookMissing(told.booking))
      else {
        const { released } = await asking(door, (pool) => pool.releaseAgent(this.name, told.reason))
        for (const { entryId, token } of released) this.desk.drop(leaseIdOf({ poolId: told.poolId, entryId, token }))
      }
    }
  }

  protected override onRolledBack(): void {
    this.presenceNow.reload()
    this.profileCopy = this.store.profile()
  }

  // ---- sockets ----------------------------------------------------------------------------------------------------

  override async fetch(request: Request): Promise<Response> {
    const isLine = new URL(request.url).pathname === '/sip'
    const { userId, sessionId } = lineViewer(request)
    if (sessionId !== null && !this.sessionBook.find(sessionId, Date.now()).live)
      return new Response(null, { status: 401 })
    await this.warm()
    if (this.presenceNow.now.awaySince !== null) await this.setPresence({ ...this.presenceNow.now, awaySince: null })
    if (!isLine) return this.live.accept(request)
    const profile = this.profileCopy
    return this.line.accept(request, {
      userId,
      username: profile?.username ?? userId,
      extension: profile?.extension ?? null,
      sessionId: sessionId ?? '',
    })
  }

  override async webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (this.live.owns(ws)) return this.live.onMessage(ws)
    // an INVITE asks who calls, with which lease: not known right after a cold start
    if (!this.desk.isKnown && this.profileCopy) await this.desk.current().catch(noted('lease not known'))
    await this.line.message(ws, data)
  }

  override webSocketClose(ws: WebSocket): void {
    if (this.line.owns(ws)) this.line.closed(ws)
    try {
      ws.close()
    } catch {
      // it is closed already
    }
    this.deviceMayHaveGone()
  }

  override webSocketError(ws: WebSocket): void {
    this.webSocketClose(ws)
  }

  async bindings() {
    return this.line.bindings()
  }

  async deliver(instance: string, texts: string[]): Promise<boolean> {
    return this.line.deliver(instance, texts)
  }

  private caller(leaseHeader: string | null): CallerContext {
    const profile = this.profileCopy
    if (!profile)
      return { userId: this.name, username: this.name, name: this.name, extension: null, role: 'guest', lease: null }
    const { userId, username, name, extension, role } = profile
    const held = this.desk.inHand(Date.now())
    const lease =
      held && held.lease.id === leaseHeader
        ? {
            poolId: held.entry.poolId,
            entryId: held.entry.id,
            token: held.lease.token,
            customerName: held.customer.name,
            phone: held.customer.phone,
          }
        : null
    return { userId, username, name, extension, role, lease }
  }

  private hasDevice(): boolean {
    return this.live.viewers > 0 || this.line.bindings().length > 0
  }

  private deviceMayHaveGone(): void {
    const gone = !this.hasDevice() && this.presenceNow.now.chosen.state !== 'offline'
    if (gone) void this.inGroup(null, () => this.shell.setTimer(AWAY, Date.now() + AWAY_MS))
  }

  private dropSockets(sessionId: string, code: RefusalCode): void {
    this.live.drop({ sessionId }, code)
    this.line.closeAll(SIGNED_OUT, code, sessionId)
    this.ctx.waitUntil(
      floorRoom(this.env, MAIN_TEAM).dropSession(sessionId, code).catch(noted('floor sockets not closed')),
    )
  }

  // ---- what others see --------------------------------------------------------------------------------------------

  /** After a cold start: the profile, what is held, and the demo telephone, before anything is told. */
  private async warm(): Promise<void> {
    if (!(await this.profile())) return
    await Promise.all([
      this.diallingNow.ask(Date.now()),
      this.desk.isKnown ? null : this.desk.current().catch(noted('lease not known')),
    ])
  }

  private dialling() {
    return this.diallingNow.answer(this.profileCopy?.dialWith ?? 'auto')
  }

  private meState(): MeState {
    const now = Date.now()
    const { state, reason, since } = this.presenceNow.shown(now)
    return {
      state,
      reason,
      since,
      wrapUpEndsAt: state === 'wrap-up' ? (this.presenceNow.now.wrapUp?.endsAt ?? null) : null,
      dialling: this.dialling(),
      owed: this.store.owed(),
      leaseId: this.desk.inHand(now)?.lease.id ?? null,
    }
  }

  private floorPicture(profile: AgentProfile, me: MeState): Omit<AgentPicture, 'rev'> {
    const held = this.desk.inHand(Date.now())
    return {
      agentId: profile.userId,
      name: profile.name,
      extension: profile.extension,
      state: me.state,
      reason: me.reason,
      since: me.since,
      lease: held && {
        poolId: held.entry.poolId,
        poolName: held.pool.name,
        entryId: held.entry.id,
        customerName: held.customer.name,
        phone: held.customer.phone,
        token: held.lease.token,
        expiresAt: held.lease.expiresAt,
      },
      callId: this.presenceNow.now.calls.at(-1)?.callId ?? null,
    }
  }

  /** Tells whoever looks, if something they see is different. */
  private changed(): void {
    const profile = this.profileCopy
    if (!profile) return
    const me = this.meState()
    const toMe = JSON.stringify(me)
    if (toMe !== this.toldMe) {
      this.toldMe = toMe
      this.live.publish({ type: 'agent-state-changed', me })
    }
    if (profile.disabledAt !== null && this.presenceNow.now.calls.length === 0) {
      if (this.toldFloor !== 'gone') this.floor.gone(profile.userId)
      this.toldFloor = 'gone'
      return
    }
    const picture = this.floorPicture(profile, me)
    const toFloor = JSON.stringify(picture)
    // people who are no agents are on the floor only while they work
    const isShown = profile.role === 'agent' || me.state !== 'offline' || this.toldFloor !== ''
    if (toFloor === this.toldFloor || !isShown) return
    this.toldFloor = toFloor
    this.floor.say({ ...picture, rev: this.floor.nextRev(Date.now()) })
    this.saveSoon()
  }

  /** Off the way of what is answered: since when the state holds, and when the lease will have lapsed. */
  private saveSoon(): void {
    if (this.isSaving) return
    this.isSaving = true
    setTimeout(() => {
      this.isSaving = false
      const lapsesAt = this.presenceNow.now.lease?.expiresAt
      void this.inGroup(null, () => {
        this.presenceNow.keepShown()
        if (lapsesAt !== undefined && lapsesAt > Date.now()) this.shell.setTimer(LEASE, lapsesAt)
      }).catch(noted('state not saved'))
    }, SAVE_MS)
  }
}

const noted = (message: string) => (fault: unknown) => log.warn(message, { fault })
