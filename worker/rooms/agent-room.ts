import { uuidv7 } from 'uuidv7'
import { choose, mayPull, type Presence } from '#shared/domain/agent/presence'
import type { AgentCommand } from '#shared/protocol/commands'
import type { MeEvent } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import type { RefusalCode } from '#shared/protocol/problem'
import { DEMO_TELEPHONE, isGuest } from '../carriers/demo'
import type { Env } from '../env'
import { log } from '../log'
import { AgentStore } from './agent/agent-store'
import { CallDuties } from './agent/call-duties'
import { carry, type Carried } from './agent/carried'
import { Desk } from './agent/desk'
import { DiallingNow, tellEveryDesk } from './agent/dialling'
import { FloorNews } from './agent/floor-news'
import { lineViewer } from './agent/line-request'
import { PresenceKeeper } from './agent/presence-keeper'
import { ProfileCopy } from './agent/profile-copy'
import { Sessions } from './agent/sessions'
import { LINE_TIMER, SipLine } from './agent/sip-line'
import { Telling } from './agent/telling'
import { floorRoom } from './doors'
import { LiveSockets, SIGNED_OUT } from './live-sockets'
import { MAIN_TEAM, type Actor, type AgentPort, type AgentProfile, type CallerContext, type CallNews } from './ports'
import { Room, withTimeout, type JournalRow } from './room'
import type { Timer } from './shell-store'

const AWAY = 'away'
/** A browser agent whose last device went is shown offline after this long: a reload or a lift takes less. */
const AWAY_MS = 60_000
/** An agent who pulled or said something this lately is at the desk, whatever the sockets say. */
const AT_DESK_MS = 60_000

/**
 * One user: sessions, presence, the desk lease, and the SIP line of the AOR. The agent's side of every pull and command
 * passes here, one after another.
 *
 *   sessions · presence · calls and owed dispositions: rows         the desk lease: memory, asked of the pools (0041)
 *   every change ─▶ the agent's own sockets at once, FloorRoom right after (FLOOR-1)
 */
export class AgentRoom extends Room implements AgentPort {
  private readonly store: AgentStore
  private readonly sessions: Sessions
  private readonly profile: ProfileCopy
  private readonly keeper: PresenceKeeper
  private readonly duties: CallDuties
  private readonly desk: Desk
  private readonly diallingNow: DiallingNow
  private readonly live: LiveSockets<MeEvent>
  private readonly line: SipLine
  private readonly telling: Telling
  private actedAt = 0
  private wasOpen = false

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const inGroup = (decide: () => void) => this.inGroup(null, decide)
    const userId = () => this.name
    const profile = () => this.profile.now
    const dialling = () => this.dialling()
    this.store = new AgentStore(this.sql)
    this.sessions = new Sessions(this.store, this.name)
    this.profile = new ProfileCopy(this.store, env, this.name, inGroup)
    this.keeper = new PresenceKeeper(this.store, Date.now())
    this.diallingNow = new DiallingNow(env)
    this.live = new LiveSockets<MeEvent>(ctx, () => ({ type: 'snapshot', me: this.telling.meState() }))
    this.desk = new Desk({
      env,
      userId,
      pools: () => this.profile.now?.pools ?? [],
      mayPull: () => this.whyNotPull(),
      owes: (leaseId) => this.duties.owes(leaseId),
      onLease: (view) => this.onLease(view),
      onCommand: (command, result) => this.duties.settle(command, result).then(() => this.changed()),
    })
    const { store, shell, desk, keeper: presence, live } = this
    const parts = { env, ctx, userId, store, shell, desk, presence, live, profile, dialling, inGroup }
    this.duties = new CallDuties({
      ...parts,
      isAtDesk: () => live.viewers > 0 || Date.now() - this.actedAt < AT_DESK_MS,
    })
    this.telling = new Telling({ ...parts, floor: new FloorNews(ctx, env) })
    this.line = new SipLine({
      ctx,
      env,
      aor: userId,
      caller: (lease) => this.caller(lease),
      onBindingsChanged: (count) => this.onBindings(count),
      setTimer: (name, at) => void inGroup(() => shell.setTimer(name, at)).catch(noted('timer not set')),
      clearTimer: (name) => void inGroup(() => shell.clearTimer(name)).catch(noted('timer not cleared')),
    })
  }

  // ---- who is signed in (AUTH-2, AUTH-3) --------------------------------------------------------------------------

  async openSession(input: { kind: 'browser' | 'program'; userAgent: string; now: number }) {
    await this.profile.read()
    const profile = this.profile.now
    if (!profile) return { refused: 'not-found' as const }
    if (profile.disabledAt !== null) return { refused: 'account-disabled' as const }
    return this.inGroup(null, () => this.sessions.open(input))
  }

  async checkSession(sessionId: string) {
    const now = Date.now()
    const found = this.sessions.find(sessionId, now)
    if (!found.live) return { live: false, code: found.code }
    if (this.sessions.needsNote(found.session, now))
      await this.inGroup(null, () => this.sessions.noteUse(found.session, now))
    const profile = await this.profile.get()
    if (!profile || profile.disabledAt !== null) return { live: false, code: 'account-disabled' as const }
    const { username, name, role, mustChangePassword = false } = profile
    const { kind, expires_at: expiresAt } = found.session
    return { live: true, actor: { username, name, role, mustChangePassword, kind, expiresAt } }
  }

  async refresh(sessionId: string, refreshToken: string) {
    const now = Date.now()
    const { revoked, ...reply } = await this.inGroup(null, () => this.sessions.refresh(sessionId, refreshToken, now))
    if (revoked) this.dropSockets(sessionId, 'refresh-reused')
    return reply
  }

  async closeSession(sessionId: string): Promise<void> {
    const now = Date.now()
    await this.inGroup(null, () => {
      this.sessions.close(sessionId, 'session-revoked', now)
      if (this.sessions.ids().length === 0) this.choose('offline', null, now)
    })
    this.dropSockets(sessionId, 'session-revoked')
    this.changed()
  }

  async closeOtherSessions(sessionId: string): Promise<void> {
    for (const id of this.sessions.ids()) if (id !== sessionId) await this.closeSession(id)
  }

  /** Signed out everywhere. The lease is free when this answers; a pool that does not answer is told again later. */
  async closeAllSessions(code: RefusalCode): Promise<void> {
    const now = Date.now()
    const ids = this.sessions.ids()
    await this.inGroup(null, () => {
      for (const id of ids) this.sessions.close(id, code, now)
      this.choose('offline', null, now)
      for (const { id: poolId } of this.profile.now?.pools ?? []) {
        this.shell.append(uuidv7(), {
          kind: 'release-agent',
          poolId,
          agentId: this.name,
          reason: code,
        } satisfies Carried)
      }
    })
    for (const id of ids) this.dropSockets(id, code)
    await withTimeout(this.settled(), 3_000).catch(noted('leases not released yet'))
    this.changed()
  }

  async signInGate(address: string, now: number) {
    return this.sessions.gate(address, now)
  }

  async noteSignIn(address: string, succeeded: boolean, now: number): Promise<void> {
    await this.inGroup(null, () => this.sessions.noteTry(address, succeeded, now))
  }

  async setProfile(profile: AgentProfile): Promise<void> {
    await this.profile.set(profile)
    this.changed()
  }

  async whoami(): Promise<AgentProfile | null> {
    return this.profile.get()
  }

  async demoTelephone(isOpen: boolean): Promise<void> {
    this.diallingNow.heard(isOpen, Date.now())
    this.changed()
  }

  // ---- presence and work in hand ----------------------------------------------------------------------------------

  async setState(actor: Actor, state: 'available' | 'not-ready' | 'offline', reason: string | null) {
    const refused = this.revoked(actor)
    if (refused) return refused
    await this.warm()
    const now = Date.now()
    const reply = await this.inGroup(null, () => this.choose(state, reason, now))
    this.changed()
    return reply
  }

  async presence() {
    await this.warm()
    return { ...this.keeper.shown(Date.now()), dialling: this.dialling() }
  }

  async pull(actor: Actor, command: { id: string | null; poolId: string | null }) {
    const refused = this.revoked(actor)
    if (refused) return refused
    await this.profile.get()
    this.isHere()
    return this.desk.pull(command, actor)
  }

  async current(actor: Actor) {
    await this.profile.get()
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
    await this.warm()
    this.live.publish({ type: 'lease-released', leaseId, by, reason })
    this.changed()
  }

  async leaseWarned({ leaseId, warning, by }: Parameters<AgentPort['leaseWarned']>[0]): Promise<void> {
    await this.warm()
    this.live.publish({ type: 'lease-warned', leaseId, warning, by })
  }

  private revoked(actor: Actor) {
    const found = this.sessions.find(actor.sessionId, Date.now())
    return found.live ? null : { refused: found.code }
  }

  private whyNotPull(): RefusalCode | null {
    if (this.store.owed().length > 0) return 'disposition-owed'
    return mayPull(this.keeper.now, Date.now()) ? null : 'not-available'
  }

  /** Inside a group. */
  private choose(state: 'available' | 'not-ready' | 'offline', reason: string | null, now: number) {
    const phone = { needed: this.dialling().with === 'browser', registered: this.line.bindings().length > 0 }
    const chosen = choose(this.keeper.now, { state, reason }, phone, now)
    if (!chosen.ok) return { refused: chosen.refusal }
    this.keeper.keep(chosen.value)
    this.duties.wrapUpEnded()
    const shown = this.keeper.shown(now)
    return { state: shown.state, since: shown.since }
  }

  /** The agent does something: they are here, whatever their sockets say. */
  private isHere(): void {
    this.actedAt = Date.now()
    void this.isBack()
  }

  private async isBack(): Promise<void> {
    if (this.keeper.now.awaySince === null) return
    this.setPresence({ ...this.keeper.now, awaySince: null })
    await this.inGroup(null, () => this.keeper.keep(this.keeper.now)).catch(noted('return not kept'))
  }

  private onLease(view: LeaseView | null): void {
    this.setPresence({
      ...this.keeper.now,
      lease: view && { since: view.lease.since, expiresAt: view.lease.expiresAt },
    })
  }

  private setPresence(presence: Presence): void {
    this.keeper.now = presence
    this.changed()
  }

  // ---- calls (POOL-17), timers, journal ---------------------------------------------------------------------------

  async callChanged(news: CallNews): Promise<void> {
    await this.duties.note(news)
    const { call } = news
    await this.warm()
    if (this.profile.now) this.live.publish({ type: call.endedAt === null ? 'call-updated' : 'call-ended', call })
    if (this.keeper.now.calls.length === 0) this.closeDeadLines()
    this.changed()
  }

  protected override onTimer({ name }: Timer, now: number): void {
    if (name.startsWith(LINE_TIMER)) this.line.onTimer(name)
    else if (name === AWAY) {
      if (!this.hasDevice() && this.keeper.now.chosen.state !== 'offline')
        this.keeper.keep({ ...this.keeper.now, awaySince: now })
    } else this.duties.onTimer(name, now)
    this.changed()
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    for (const { event } of rows) {
      const ended = await carry(this.env, JSON.parse(event) as Carried)
      for (const leaseId of ended) this.desk.drop(leaseId)
    }
  }

  protected override onRolledBack(): void {
    this.keeper.reload()
    this.profile.reload()
  }

  // ---- sockets ----------------------------------------------------------------------------------------------------

  /** The upgrades, handed over by routes/live and routes/sip; who it is for was decided there. */
  override async fetch(request: Request): Promise<Response> {
    const { userId, sessionId } = lineViewer(request)
    if (sessionId !== null && !this.sessions.find(sessionId, Date.now()).live)
      return new Response(null, { status: 401 })
    await this.warm()
    await this.isBack()
    if (new URL(request.url).pathname !== '/sip') return this.live.accept(request)
    const { username = userId, extension = null } = this.profile.now ?? {}
    return this.line.accept(request, { userId, username, extension, sessionId: sessionId ?? '' })
  }

  override async webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): Promise<void> {
    if (this.live.owns(ws)) return this.live.onMessage(ws)
    // an INVITE asks who calls and with which lease: right after a cold start that is not known yet
    if (!this.desk.isKnown && this.profile.now) await this.desk.current().catch(noted('lease not known'))
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

  /** SIP-2: what the room itself knows about its AOR; of a client's words only a lease that is really held counts. */
  private caller(leaseHeader: string | null): CallerContext {
    const profile = this.profile.now
    if (!profile)
      return { userId: this.name, username: this.name, name: this.name, extension: null, role: 'guest', lease: null }
    const { userId, username, name, extension, role } = profile
    const held = this.desk.inHand(Date.now())
    if (held === null || held.lease.id !== leaseHeader) return { userId, username, name, extension, role, lease: null }
    const { entry, lease, customer } = held
    const named = {
      poolId: entry.poolId,
      entryId: entry.id,
      token: lease.token,
      customerName: customer.name,
      phone: customer.phone,
    }
    return { userId, username, name, extension, role, lease: named }
  }

  private hasDevice(): boolean {
    return this.live.viewers > 0 || this.line.bindings().length > 0
  }

  private onBindings(count: number): void {
    const isOpen = count > 0
    if (this.name === DEMO_TELEPHONE && isOpen !== this.wasOpen)
      this.ctx.waitUntil(tellEveryDesk(this.env, isOpen).catch(noted('desks not told')))
    this.wasOpen = isOpen
    this.deviceMayHaveGone()
  }

  private deviceMayHaveGone(): void {
    if (this.hasDevice() || this.keeper.now.chosen.state === 'offline') return
    void this.inGroup(null, () => this.shell.setTimer(AWAY, Date.now() + AWAY_MS)).catch(noted('absence not noted'))
  }

  /** AUTH-3: at once; but a call that goes on may finish, and its signalling needs the line. */
  private dropSockets(sessionId: string, code: RefusalCode): void {
    this.live.drop({ sessionId }, code)
    if (this.keeper.now.calls.length === 0) this.line.closeAll(SIGNED_OUT, code, sessionId)
    this.ctx.waitUntil(
      floorRoom(this.env, MAIN_TEAM).dropSession(sessionId, code).catch(noted('floor sockets not closed')),
    )
  }

  /** The last call is over: lines whose session ended during it. */
  private closeDeadLines(): void {
    for (const { id, code } of this.store.endedSessions()) this.line.closeAll(SIGNED_OUT, code, id)
  }

  // ---- what is known and told -------------------------------------------------------------------------------------

  /** After a cold start: the profile, what is held, and the demo telephone, before anything is told. */
  private async warm(): Promise<void> {
    if (isGuest(this.name) || !(await this.profile.get())) return
    const held = this.desk.isKnown ? null : this.desk.current().catch(noted('lease not known'))
    await Promise.all([this.diallingNow.ask(Date.now()), held])
  }

  private dialling() {
    return this.diallingNow.answer(this.profile.now?.dialWith ?? 'auto')
  }

  /** Right after a cold start nothing is told before it is known what is held: learning it tells. */
  private changed(): void {
    if (this.desk.isKnown) this.telling.changed()
    else this.ctx.waitUntil(this.warm())
  }
}

const noted = (message: string) => (fault: unknown) => log.warn(message, { fault })
