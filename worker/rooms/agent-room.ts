import { uuidv7 } from 'uuidv7'
import type { DiallingRules } from '#shared/domain/dialling/rules'
import type { AgentCommand } from '#shared/protocol/commands'
import type { CustomerNews } from '#shared/protocol/customer-edit'
import type { MeEvent } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import type { RefusalCode } from '#shared/protocol/problem'
import { DEMO_TELEPHONE, isGuest } from '../carriers/demo'
import type { Env } from '../env'
import { log } from '../log'
import type { Page, PageAnswer } from '../sip/page'
import type { Status } from '../sip/subscription-body'
import { AccountRoom } from './agent/account-room'
import { Attendance } from './agent/attendance'
import { CallDuties } from './agent/call-duties'
import { callerOf } from './agent/caller'
import { carry, type Carried } from './agent/carried'
import { Desk } from './agent/desk'
import { DiallingNow, tellEveryDesk } from './agent/dialling'
import { DiallingRulesCopy } from './agent/dialling-rules-copy'
import { FloorNews } from './agent/floor-news'
import { deviceOf, lineViewer } from './agent/line-request'
import { orderMerge, type MergeOrder } from './agent/merging'
import { PresenceKeeper } from './agent/presence-keeper'
import { Reachability, type Ring } from './agent/reachability'
import { LINE_TIMER, SipLine } from './agent/sip-line'
import { dropWatchers } from './agent/pool-watchers'
import { Telling } from './agent/telling'
import { Watching } from './agent/watching'
import { floorRoom } from './doors'
import { LiveSockets, SIGNED_OUT } from './live-sockets'
import { MAIN_TEAM, type Actor, type AgentPort, type Asked, type CallerContext, type CallNews } from './ports'
import { withTimeout, type JournalRow } from './room'
import type { Timer } from './shell-store'

/**
 * One user: sessions, presence, the desk lease, and the SIP line of the AOR. The agent's side of every pull and command
 * passes here, one after another.
 *
 *   sessions · presence · calls and owed dispositions: rows         the desk lease: memory, asked of the pools (0041)
 *   every change ─▶ the agent's own sockets at once, FloorRoom right after (FLOOR-1)
 */
export class AgentRoom extends AccountRoom implements AgentPort {
  private readonly keeper: PresenceKeeper
  private readonly attendance: Attendance
  private readonly reach: Reachability
  private readonly duties: CallDuties
  private readonly desk: Desk
  private readonly diallingNow: DiallingNow
  private readonly diallingRules: DiallingRulesCopy
  private readonly live: LiveSockets<MeEvent>
  private readonly line: SipLine
  private readonly telling: Telling
  private readonly watching: Watching
  private learning: Promise<void> | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const inGroup = (decide: () => void) => this.inGroup(null, decide)
    const userId = () => this.name
    const profile = () => this.profile.now
    const dialling = () => this.dialling()
    this.keeper = new PresenceKeeper(this.store, Date.now())
    this.diallingNow = new DiallingNow(env)
    this.diallingRules = new DiallingRulesCopy(this.store, env, inGroup)
    this.live = new LiveSockets<MeEvent>(ctx, () => ({ type: 'snapshot', me: this.telling.meState() }))
    this.desk = new Desk({
      env,
      userId,
      pools: () => this.profile.now?.pools ?? [],
      mayPull: () => this.attendance.whyNotPull(),
      owes: (leaseId) => this.duties.owes(leaseId),
      callOwed: (leaseId) => this.duties.callOwed(leaseId),
      onLease: (view) => this.onLease(view),
      onCommand: (command, result) => this.duties.settle(command, result).then(() => this.changed()),
    })
    const { store, shell, desk, keeper: presence, live } = this
    const onChange = () => this.changed()
    const phones = () => ({
      count: () => this.line.bindings().length,
      heardAt: () => this.line.heardAt(),
      challenge: () => this.line.challenge(),
      giveUp: (ring: Ring) => this.line.giveUp(ring),
    })
    this.reach = new Reachability({ env, store, shell, presence, phones, onChange, inGroup })
    const { reach } = this
    const parts = { env, ctx, userId, store, shell, desk, presence, live, profile, dialling, inGroup, reach }
    this.attendance = new Attendance({
      ...parts,
      viewers: () => live.viewers,
      phones: () => this.line.bindings().length,
      dialsInBrowser: () => dialling().with === 'browser',
      onChange: () => this.changed(),
    })
    this.duties = new CallDuties({
      ...parts,
      isAtDesk: () => this.attendance.isAtDesk(),
      isThere: (device) => this.line.bindings().some(({ instance }) => instance === device),
    })
    this.telling = new Telling({ ...parts, floor: new FloorNews(ctx, env) })
    this.watching = new Watching({ ...parts, inGroup: (decide) => this.inGroup(null, decide), line: () => this.line })
    this.line = new SipLine({
      ctx,
      env,
      aor: userId,
      caller: (lease) => this.callerNow(lease, Date.now()),
      onBindingsChanged: (count) => this.onBindings(count),
      onHeard: () => this.reach.heard(),
      onRing: (instance, text) => this.reach.rang(instance, text),
      subscriptions: () => this.watching.subscriptions,
      pager: () => this.watching.pager,
      setTimer: (name, at) => void inGroup(() => shell.setTimer(name, at)).catch(noted('timer not set')),
      clearTimer: (name) => void inGroup(() => shell.clearTimer(name)).catch(noted('timer not cleared')),
    })
  }

  // ---- signing out (AUTH-3) ---------------------------------------------------------------------------------------

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
    if (code === 'account-disabled') this.line.closeDevices(code)
    await withTimeout(this.settled(), 3_000).catch(noted('leases not released yet'))
    this.changed()
  }

  async demoTelephone(isOpen: boolean): Promise<void> {
    this.diallingNow.heard(isOpen, Date.now())
    this.changed()
  }

  async carriersChanged(): Promise<void> {
    this.diallingNow.forget()
    await this.warm()
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

  async pull(actor: Actor, command: { id: string | null; poolId: string | null; entryId?: string | null }) {
    const refused = this.revoked(actor)
    if (refused) return refused
    await this.profile.get()
    this.attendance.acts()
    this.reach.heard()
    return this.desk.pull(command, actor)
  }

  async offer({ poolId }: { poolId: string }): Promise<{ taken: boolean }> {
    await this.warm()
    const isIdle = this.keeper.shown(Date.now()).state === 'available' && this.live.viewers > 0
    if (!isIdle || !this.profile.now || !(await this.reach.answersNow())) return { taken: false }
    const lease = await this.desk.offer(poolId, this.profile.now.name)
    if (!lease) return { taken: false }
    this.live.publish({ type: 'lease-pushed', lease })
    return { taken: true }
  }

  async current(actor: Actor) {
    await this.profile.get()
    const lease = this.revoked(actor) ? null : await this.desk.current()
    return { lease, owed: this.store.owed() }
  }

  async command(actor: Actor, commands: AgentCommand[]) {
    const refused = this.revoked(actor)
    if (refused) return refused
    this.attendance.acts()
    this.reach.heard()
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

  async customerNews(news: CustomerNews): Promise<void> {
    await this.warm()
    this.live.publish({ type: 'customer-news', ...news })
  }

  async callbacksChanged(): Promise<void> {
    await this.warm()
    this.live.publish({ type: 'callbacks-changed' })
  }

  /** Inside a group. A choice ends a wrap-up. */
  private choose(state: 'available' | 'not-ready' | 'offline', reason: string | null, now: number) {
    const chosen = this.attendance.choose(state, reason, now)
    if ('refused' in chosen) return chosen
    this.duties.wrapUpEnded()
    this.reach.chosen(now)
    return chosen
  }

  private onLease(view: LeaseView | null): void {
    const lease = view && { since: view.lease.since, expiresAt: view.lease.expiresAt }
    this.keeper.now = { ...this.keeper.now, lease }
    this.changed()
  }

  async dropDevice(deviceId: string): Promise<void> {
    this.line.closeDevices('session-revoked', deviceId)
  }

  setDiallingRules(rules: DiallingRules): Promise<void> {
    return this.diallingRules.set(rules)
  }

  private callerNow(leaseHeader: string | null, now: number): CallerContext {
    const who = callerOf(this.name, this.profile.now, this.desk.inHand(now), leaseHeader)
    return { ...who, dialling: this.diallingRules.place(this.keeper.now.calls.length, now) }
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
    else if (this.watching.subscriptions.onTimer(name, now)) return
    else if (!this.reach.onTimer(name, now) && !this.attendance.onTimer(name, now)) this.duties.onTimer(name, now)
    this.changed()
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    for (const { event } of rows) {
      const ended = await carry(this.env, JSON.parse(event) as Carried)
      for (const leaseId of ended) this.desk.drop(leaseId)
    }
  }

  protected override onRolledBack(): void {
    this.store.forget()
    this.watching.watched.forget()
    this.reach.reload()
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
    await this.attendance.isBack()
    if (new URL(request.url).pathname !== '/sip') return this.live.accept(request)
    if (deviceOf(request) && this.profile.now?.disabledAt !== null) return new Response(null, { status: 401 })
    if (this.profile.now) await this.diallingRules.known()
    const { username = userId, extension = null } = this.profile.now ?? {}
    return this.line.accept(request, { userId, username, extension, sessionId: sessionId ?? '' })
  }

  override webSocketMessage(ws: WebSocket, data: string | ArrayBuffer): void | Promise<void> {
    if (!this.line.owns(ws)) return this.live.onMessage(ws)
    if (!this.desk.isKnown && this.profile.now) this.learning ??= this.learn()
    // all wait for the same promise, so they go on in the order they came: an ACK is never overtaken by what follows it
    if (this.learning) return this.learning.then(() => this.line.message(ws, data))
    return this.line.message(ws, data)
  }

  /** An INVITE asks who calls and with which lease: right after a cold start that is not known yet. */
  private async learn(): Promise<void> {
    await this.desk.current().catch(noted('lease not known'))
    this.learning = null
  }

  override webSocketClose(ws: WebSocket, code?: number): void {
    const gone = this.line.closed(ws)
    if (code === GOING_AWAY) this.ctx.waitUntil(this.duties.pagesGone(gone))
    try {
      ws.close()
    } catch {
      // it is closed already
    }
    this.attendance.deviceMayHaveGone()
  }

  override webSocketError(ws: WebSocket): void {
    this.webSocketClose(ws)
  }

  /** PHONE-8: a page that stands still is rung by nobody. */
  async bindings() {
    return this.reach.isLost ? [] : this.line.bindings()
  }

  async roomOf(sipCallId: string): Promise<string> {
    return this.line.callIdOf(sipCallId)
  }

  async callerContext(): Promise<CallerContext> {
    await Promise.all([this.warm(), this.diallingRules.known()])
    return this.callerNow(null, Date.now())
  }

  async deliver(instance: string, texts: string[]): Promise<boolean> {
    return this.line.deliver(instance, texts)
  }

  async merge(order: MergeOrder): Promise<Asked<{ callIds: string[] }>> {
    await this.warm()
    return orderMerge(this.store, this.live, order)
  }

  // ---- presence and busy lamps (SIP-5) ----------------------------------------------------------------------------

  async watch(input: { by: string; until: number }) {
    await this.warm()
    return this.watching.watched.watch(input)
  }

  async watchedChanged({ userId, status }: { userId: string; status: Status }): Promise<{ isWanted: boolean }> {
    return this.watching.subscriptions.told(userId, status)
  }

  async page(page: Page, sayer: string): Promise<PageAnswer> {
    return this.watching.pager.receive(page, sayer)
  }

  private onBindings(count: number): void {
    if (this.name === DEMO_TELEPHONE)
      this.ctx.waitUntil(tellEveryDesk(this.env, count > 0).catch(noted('desks not told')))
    this.attendance.deviceMayHaveGone()
    this.reach.phonesChanged()
    this.duties.phonesChanged()
    this.watching.watched.changed()
  }

  /** AUTH-3: at once; but a call that goes on may finish, and its signalling needs the line. */
  protected dropSockets(sessionId: string, code: RefusalCode): void {
    this.live.drop({ sessionId }, code)
    if (this.keeper.now.calls.length === 0) this.line.closeAll(SIGNED_OUT, code, sessionId)
    this.ctx.waitUntil(
      floorRoom(this.env, MAIN_TEAM).dropSession(sessionId, code).catch(noted('floor sockets not closed')),
    )
    this.ctx.waitUntil(
      dropWatchers(this.env, this.profile.now, sessionId, code).catch(noted('pool sockets not closed')),
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
  protected changed(): void {
    if (this.desk.isKnown) {
      this.telling.changed()
      this.watching.watched.changed()
    } else this.ctx.waitUntil(this.warm())
  }
}

/** RFC 6455 §7.4.1: the page was closed or reloaded; a cut says nothing. */
const GOING_AWAY = 1001

const noted = (message: string) => (fault: unknown) => log.warn(message, { fault })
