import { isOver, isTalking } from '#shared/domain/call/call'
import { partNumberOf } from '#shared/domain/call/part'
import type { CallPicture } from '#shared/protocol/live'
import { SENTENCES, type RefusalCode } from '#shared/protocol/problem'
import type { Env } from '../env'
import { log } from '../log'
import { cededLeg } from '../sip/b2bua/cede'
import { legOf } from '../sip/b2bua/decide'
import { replacedLeg } from '../sip/b2bua/replace'
import { answerToStray } from '../sip/b2bua/stray'
import { isAside } from '../sip/b2bua/monitor'
import { GRACE_MS, WATCH_MS, type B2bua, type Leg } from '../sip/b2bua/state'
import { parseMessage, type SipMessage, type SipResponse } from '../sip/message'
import { replacesOf, type Replaces } from '../sip/replaces'
import { aheadOf } from './call/ahead'
import type { KnownCaller } from './call/call-store'
import { meteredOf } from './call/dial-guard'
import { mint } from './call/kept-room'
import { found, isTooLate, notFound } from './call/missing'
import { bothDials, routeMove } from './call/mover'
import type { Telling } from './call/news'
import { MonitoredRoom, type MonitorNews } from './call/monitored-room'
import { OkRepeater } from './call/ok-repeater'
import { isInitial, openingOf, type Opening } from './call/opening'
import { namedSide, pictureOf, pictureOfPart } from './call/parts'
import { withRoute, type Routed } from './call/routed'
import { Way } from './call/way'
import { callRoom } from './doors'
import type { Asked, CallerContext, CallPort, CededLeg } from './ports'
import type { JournalRow } from './room'
import type { Timer } from './shell-store'

/**
 * Both dialogs of one call (SIP-3, SIP-4). No SIP is decided here: a message, a timer or an order goes to the back-to-back
 * user agent (`sip/b2bua`), its new state is committed, then its messages leave (some before: kept-room.ts), in order, by the AgentRooms. All of it is
 * rows, so a call outlives its room's eviction; an ended call's room empties itself.
 *
 *   receive ─▶ parse ─▶ decide ─▶ commit (state, timers, journal) ─▶ deliver · tell AgentRooms, FloorRoom, LedgerRoom
 */
export class CallRoom extends MonitoredRoom implements CallPort {
  private readonly way: Way
  private isRouting = false
  private isMoving = false
  private readonly repeater: OkRepeater

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.way = new Way(env, () => this.name)
    this.repeater = new OkRepeater(
      (n) => this.state?.legs.find((leg) => leg.n === n),
      (ok) => ctx.waitUntil(this.delivery.deliver([ok])),
    )
    if (this.state) setTimeout(() => this.goOn(), 0)
  }

  // ---- what others ask ------------------------------------------------------------------------------------------

  async stand(): Promise<void> {
    await this.inGroup(null, () => this.openTables())
  }

  /** A SIP message of this AOR's device. Answers when it is decided and committed; SIP goes out only by `deliver`. */
  async receive(aor: string, instance: string, text: string, caller: CallerContext | null): Promise<'occupied' | void> {
    const parsed = parseMessage(text)
    if (!parsed.ok) return // the AgentRoom let nothing of that kind pass
    const ceded = this.state && cededLeg(this.state, aor, parsed.message.callId)
    if (ceded) return callRoom(this.env, ceded.to).receive(aor, instance, text, caller)
    const { message } = parsed
    if (caller && !caller.trunk && this.isOccupiedFor(aor, message)) return 'occupied'
    const kept = message.kind === 'response' && this.passOn(aor, instance, message)
    if (kept) return kept
    const opening =
      caller && !this.state ? openingOf(this.name, { aor, instance, message, caller }, Date.now(), mint) : null
    if (opening) await this.way.askAhead(opening)
    await ((opening && this.ringAhead(opening)) ??
      this.inGroup(null, () => this.onMessage(aor, instance, message, caller, opening)))
    if (opening) this.meter()
  }

  async end(reason: string): Promise<{ ended: boolean }> {
    return this.inGroup(null, () => {
      if (!this.state || isOver(this.state.call)) return { ended: false }
      this.apply({ kind: 'end', reason })
      return { ended: true }
    })
  }

  async hold(on: boolean): Promise<{ held: boolean }> {
    return this.inGroup(null, () => {
      if (!this.state || isOver(this.state.call)) return { held: false }
      this.apply({ kind: 'hold', on })
      return { held: this.state.holdWanted }
    })
  }

  async orphaned(aor: string, instance: string): Promise<void> {
    await this.inGroup(null, () => {
      const left = this.state?.legs.filter((leg) => leg.aor === aor && leg.instance === instance) ?? []
      for (const { n } of left) this.apply({ kind: 'orphaned', n })
    })
  }

  async reconnected(aor: string): Promise<void> {
    await this.inGroup(null, () => {
      if (this.state && isTalking(this.state.call)) this.apply({ kind: 'reconnected', aor })
    })
  }

  async refuse(code: RefusalCode): Promise<void> {
    await this.inGroup(null, () => {
      if (!this.state || isOver(this.state.call) || this.state.call.answeredAt !== null) return
      this.apply({ kind: 'end', reason: SENTENCES[code], code })
    })
  }

  async transfer({ from, to, by }: Parameters<CallPort['transfer']>[0]): Promise<Asked<{ moving: true }>> {
    return this.inGroup(null, () => {
      if (!this.state || !this.file || isAside(this.state) || !isTalking(this.state.call))
        return { refused: 'call-not-talking' }
      if (this.state.move) return { refused: 'transfer-under-way' }
      this.file = { ...this.file, mover: by }
      this.apply({ kind: 'move', from, target: to })
      return this.state.move ? { moving: true } : { refused: 'call-not-talking' }
    })
  }

  async stopTransfer(): Promise<{ stopped: boolean }> {
    return this.inGroup(null, () => {
      if (!this.state?.move) return { stopped: false }
      this.apply({ kind: 'move-stopped' })
      return { stopped: !this.state.move }
    })
  }

  async cede(aor: string, replaces: Replaces, to: string): Promise<CededLeg | null> {
    return this.inGroup(null, () => {
      if (!this.state || !this.file || isAside(this.state)) return null
      const before = this.state.legs
      if (!this.state.ceded?.length) this.apply({ kind: 'cede', aor, replaces, to })
      const given = this.state.ceded?.find((one) => one.to === to)
      if (!given) return null
      const { name, user } = namedSide({ ...this.state, legs: before }, this.file, given.leg)
      return { leg: given.leg, other: name, user, trunks: this.file.trunks ?? [], dial: this.file.dial ?? null }
    })
  }

  async picture(callId = this.name): Promise<CallPicture | null> {
    if (!this.state || !this.file || isAside(this.state)) return null
    const part = this.state.parts?.find(({ n }) => n === partNumberOf(callId))
    return part ? pictureOfPart(this.state, this.file, part) : pictureOf(this.state, this.file)
  }

  async knownCaller(): Promise<KnownCaller | null> {
    return this.file?.known ?? null
  }

  async parties(): Promise<string[]> {
    if (!this.state || !this.file || isAside(this.state)) return []
    const { callerAor, calleeAor } = this.file
    return [callerAor, ...(calleeAor ? [calleeAor] : []), ...(this.state?.parts ?? []).map(({ aor }) => aor)]
  }

  async present(): Promise<string[]> {
    if (!this.state || isAside(this.state)) return []
    const there = (this.state?.legs ?? []).filter(({ state }) => state === 'early' || state === 'up')
    return [...new Set(there.map(({ aor }) => aor))]
  }

  // ---- deciding -------------------------------------------------------------------------------------------------

  private onMessage(
    aor: string,
    instance: string,
    message: SipMessage,
    caller: CallerContext | null,
    opening: Opening | null,
  ): void {
    if (!this.state && opening) return this.open(opening)
    const replaces = message.kind === 'request' && isInitial(message) ? replacesOf(message) : null
    const isOurs = (state: B2bua) => legOf(state, aor, message) ?? (replaces && replacedLeg(state, aor, replaces))
    const leg = this.state && isOurs(this.state)
    if (leg) {
      this.isThere(leg)
      // by the rules of who ordered it: whoever asks while it is under way is refused, and orders nothing
      if (caller && !this.state!.move && message.kind === 'request' && message.method === 'REFER')
        this.file = { ...this.file!, mover: caller }
      return this.apply({ kind: 'message', aor, instance, message })
    }
    for (const text of answerToStray(message, () => mint.token())) this.send({ aor, instance, text })
  }

  /** The room that stood ready was taken by a call which its AgentRoom, having fallen, knows no more (decision 0237). */
  private isOccupiedFor(aor: string, message: SipMessage): boolean {
    const isNew = message.kind === 'request' && isInitial(message) && replacesOf(message) === null
    return isNew && this.state !== null && legOf(this.state, aor, message) === undefined
  }

  /** An answer that may be passed on before it is kept (decision 0237). Null: it may not. */
  private passOn(aor: string, instance: string, message: SipResponse): Promise<void> | null {
    const leg = this.state && legOf(this.state, aor, message)
    const ahead = leg ? aheadOf(this.state!, leg, message) : null
    if (!leg || !ahead || (ahead.isKeptAtOnce && !this.isOpenKept)) return null
    this.isThere(leg)
    return this.applyAhead({ kind: 'message', aor, instance, message }, ahead)
  }

  /** A call between telephones of the house rings before it is kept (decision 0237). Null: it must be kept first. */
  private ringAhead({ state, file }: Opening): Promise<void> | null {
    const routed = this.way.telephones
    if (!routed) return null
    const rung = this.openAhead(state, withRoute(file, routed), { kind: 'routed', route: routed.route })
    if (rung) this.way.forget()
    return rung
  }

  /** A device that says something is not missing. */
  private isThere(leg: Leg): void {
    if (this.file) this.file = { ...this.file, missing: found(this.file.missing, leg) }
  }

  private open({ state, file }: Opening): void {
    this.openTables()
    this.file = file
    this.keep({ state, sends: [], timers: [] }, 0)
    if (state.isEcho) this.apply({ kind: 'echo' })
    const routed = this.way.takeKnown()
    if (routed) this.routed(routed)
  }

  protected override onRolledBack(): void {
    super.onRolledBack()
    this.way.forget()
  }

  protected goOn(): void {
    const { state } = this
    if (!state) return
    for (const leg of state.legs) this.repeater.follow(leg)
    if (!state.isRouted && !this.isRouting && !isOver(state.call))
      this.ctx.waitUntil(state.monitors ? this.routeMonitor() : this.routeOn())
    if (state.move?.step === 'asking' && !this.isMoving) this.ctx.waitUntil(this.moveOn())
  }

  private async routeOn(): Promise<void> {
    this.isRouting = true
    const routed = await this.way.ask(this.state!, this.file!)
    await this.inGroup(null, () => this.routed(routed)).catch((fault: unknown) =>
      log.error('call not routed', { callId: this.name, fault }),
    )
    this.isRouting = false
    this.meter()
  }

  /** Inside a group. */
  private routed(routed: Routed): void {
    if (!this.state || !this.file) return
    const { route, dial } = routed
    this.file = withRoute(this.file, routed)
    this.apply({ kind: 'routed', route, ...(dial ? { maxMs: dial.maxMs } : {}) })
  }

  private meter(): void {
    const metered = this.state && this.file && !isOver(this.state.call) ? meteredOf(this.state, this.file) : null
    if (metered) this.ctx.waitUntil(this.desk.meter(metered).catch(() => {})) // every change tells again
  }

  /** Whom a transfer is to: asked once, and again after an eviction. */
  private async moveOn(): Promise<void> {
    this.isMoving = true
    const { move } = this.state!
    const routed = await routeMove(this.env, this.state!, this.file!, move!)
    await this.inGroup(null, () => {
      if (!this.state || !this.file) return
      const trunks = [...new Set([...(this.file.trunks ?? []), ...routed.trunks])]
      const dial = routed.dial ? bothDials(this.file.dial, routed.dial) : this.file.dial
      this.file = { ...this.file, ...(trunks.length > 0 ? { trunks } : {}), ...(dial ? { dial } : {}) }
      if (this.state.move?.n === move!.n) this.apply(routed.input)
    }).catch((fault: unknown) => log.error('transfer not carried out', { callId: this.name, fault }))
    this.isMoving = false
    this.goOn()
  }

  // ---- time -----------------------------------------------------------------------------------------------------

  protected override onTimer({ name, at }: Timer, now: number): void {
    if (!this.state) return
    const isLook = name === 'watch' || name.startsWith('orphan:')
    if (isLook && isTooLate(at, now)) {
      // the server was away, and with it every device's socket: all have their time to come back
      this.keepFile({ ...this.file!, missing: {} })
      return this.shell.setTimer(name, now + WATCH_MS)
    }
    if (name === 'watch') this.shell.setTimer('watch', now + WATCH_MS)
    if (isLook) return this.ctx.waitUntil(this.watch())
    if (name === 'forget') {
      if (this.shell.hasJournal()) return this.shell.setTimer('forget', now + GRACE_MS)
      return this.empty()
    }
    this.apply({ kind: 'timer', name })
  }

  /** Who has left is taken from the call; the others are asked whether they still know it. */
  private async watch(): Promise<void> {
    const up = this.state?.legs.filter((leg) => leg.state === 'up') ?? []
    const looks = await Promise.all(
      up.map(async (leg) => ({ leg, isThere: await this.delivery.reaches(leg.aor, leg.instance).catch(() => null) })),
    )
    await this.inGroup(null, () => {
      if (!this.state || !this.file || isOver(this.state.call)) return
      const now = Date.now()
      for (const { leg, isThere } of looks) {
        if (isThere) this.isThere(leg)
        if (isThere !== false) continue
        const { missing, hasLeft } = notFound(this.file.missing, leg, now)
        this.file = { ...this.file, missing }
        if (hasLeft) this.apply({ kind: 'lost', n: leg.n })
      }
      if (isOver(this.state.call)) return
      this.apply({ kind: 'probe' })
    })
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    const news = rows.map(({ event }) => JSON.parse(event) as Telling | MonitorNews)
    const last = news.findLast((one): one is Telling => !('monitor' in one))
    const ofMonitor = news.filter((one): one is MonitorNews => 'monitor' in one)
    await Promise.all([last && this.desk.tell(last), this.carryMonitor(ofMonitor)])
  }
}
