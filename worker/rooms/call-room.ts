import { isOver, isTalking } from '#shared/domain/call/call'
import { partNumberOf } from '#shared/domain/call/part'
import type { CallPicture } from '#shared/protocol/live'
import { SENTENCES, type RefusalCode } from '#shared/protocol/problem'
import type { Env } from '../env'
import { log } from '../log'
import { cededLeg } from '../sip/b2bua/cede'
import { decide, legOf, type Input } from '../sip/b2bua/decide'
import { asEcho } from '../sip/b2bua/echo'
import { replacedLeg } from '../sip/b2bua/replace'
import { asMonitor, isAside } from '../sip/b2bua/monitor'
import { isForsaken } from '../sip/b2bua/orphan'
import { openCall } from '../sip/b2bua/set-up'
import { fromTrunk } from '../sip/b2bua/trunk-leg'
import {
  GRACE_MS,
  TRANSACTION_MS,
  WATCH_MS,
  type B2bua,
  type Decision,
  type Leg,
  type Mint,
  type Send,
} from '../sip/b2bua/state'
import { parseMessage, type SipMessage, type SipRequest } from '../sip/message'
import { replacesOf, type Replaces } from '../sip/replaces'
import { echoOf, writeResponse } from '../sip/write'
import { CallStore, type CallFile, type KnownCaller } from './call/call-store'
import { Delivery } from './call/delivery'
import { meteredOf } from './call/dial-guard'
import { answeredBy } from './call/hunted'
import { bothDials, routeMove } from './call/mover'
import { NewsDesk, tellingOf, type Telling } from './call/news'
import { MonitoredRoom, type MonitorNews } from './call/monitored-room'
import { namedSide, pictureOf, pictureOfPart } from './call/parts'
import { asNumber, routeCall } from './call/route-call'
import { callRoom } from './doors'
import type { Asked, CallerContext, CallPort, CededLeg } from './ports'
import type { JournalRow } from './room'
import { openShellTables, type Timer } from './shell-store'

/** RFC 3261 §13.3.1.4: a 200 is repeated after T1, doubling up to T2, until its ACK. */
const T1_MS = 500
const T2_MS = 4_000
/** A look at the devices that comes so much too late was not ours to make. */
const LATE_MS = 3_000

/**
 * Both dialogs of one call (SIP-3, SIP-4). No SIP is decided here: a message, a timer or an order goes to the back-to-back
 * user agent (`sip/b2bua`), its new state is committed, then its messages leave, in order, by the AgentRooms. All of it is
 * rows, so a call outlives its room's eviction; an ended call's room empties itself.
 *
 *   receive ─▶ parse ─▶ decide ─▶ commit (state, timers, journal) ─▶ deliver · tell AgentRooms, FloorRoom, LedgerRoom
 */
export class CallRoom extends MonitoredRoom implements CallPort {
  private readonly store: CallStore
  private readonly delivery: Delivery
  private readonly desk: NewsDesk
  private outbox: Send[] = []
  private telling: Telling | null = null
  private isRouting = false
  private isMoving = false
  private isEmptied = false
  private readonly repeating = new Set<string>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new CallStore(this.sql)
    this.delivery = new Delivery(env, this.name)
    this.desk = new NewsDesk(env)
    this.load()
    if (this.state) setTimeout(() => this.goOn(), 0)
  }

  private load(): void {
    const loaded = this.store.load()
    this.state = loaded?.state ?? null
    this.file = loaded?.file ?? null
  }

  // ---- what others ask ------------------------------------------------------------------------------------------

  /** A SIP message of this AOR's device. Answers when it is decided and committed; SIP goes out only by `deliver`. */
  async receive(aor: string, instance: string, text: string, caller: CallerContext | null): Promise<void> {
    const parsed = parseMessage(text)
    if (!parsed.ok) return // the AgentRoom let nothing of that kind pass
    const ceded = this.state && cededLeg(this.state, aor, parsed.message.callId)
    if (ceded) return callRoom(this.env, ceded.to).receive(aor, instance, text, caller)
    await this.inGroup(null, () => this.onMessage(aor, instance, parsed.message, caller))
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

  private onMessage(aor: string, instance: string, message: SipMessage, caller: CallerContext | null): void {
    const isInvite = message.kind === 'request' && message.method === 'INVITE' && message.toTag === null
    const replaces = isInvite ? replacesOf(message) : null
    if (!this.state && caller && isInvite && !replaces) return this.open(aor, instance, message, caller)
    const isOurs = (state: B2bua) =>
      legOf(state, aor, message.callId) ?? (replaces && replacedLeg(state, aor, replaces))
    const leg = this.state && isOurs(this.state)
    if (leg) {
      this.isThere(leg)
      // by the rules of who ordered it: whoever asks while it is under way is refused, and orders nothing
      if (caller && !this.state!.move && message.kind === 'request' && message.method === 'REFER')
        this.file = { ...this.file!, mover: caller }
      return this.apply({ kind: 'message', aor, instance, message })
    }
    if (!this.state) this.empty() // the constructor has made tables for nobody
    if (message.kind === 'response' || message.method === 'ACK') return
    const text = writeResponse(echoOf(message), 481, 'Call/Transaction Does Not Exist', { toTag: 'gone' })
    this.outbox.push({ aor, instance, text })
  }

  /** A device that says something is not missing. */
  private isThere({ n }: Leg): void {
    if (this.file?.missing[n] === undefined) return
    const { [n]: _, ...missing } = this.file.missing
    this.file = { ...this.file, missing }
  }

  private open(aor: string, instance: string, invite: SipRequest, caller: CallerContext): void {
    this.isEmptied = false
    const callerUser = caller.extension ?? caller.username
    const { trunk } = caller
    const opened = openCall(
      invite,
      { id: this.name, aor, instance, callerName: caller.name, callerUser, localTag: mint.token() },
      Date.now(),
    )
    const state = trunk ? fromTrunk(opened, invite, trunk) : asMonitor(asEcho(opened, invite))
    const { lease } = caller
    const isLeased = lease !== null && [lease.phone, ...(lease.phones ?? [])].includes(asNumber(state.dialled) ?? '')
    this.file = {
      callerAor: aor,
      caller,
      lease: isLeased ? { poolId: lease.poolId, entryId: lease.entryId, token: lease.token } : null,
      calleeAor: null,
      other: (trunk?.from ?? state.dialled).slice(0, 80),
      direction: trunk ? 'incoming' : asNumber(state.dialled) ? 'outgoing' : 'internal',
      ...(trunk
        ? {
            agent: { userId: 'poolId' in trunk.rings ? trunk.rings.poolId : trunk.rings.userId, name: '' },
            trunks: [trunk.trunkId],
          }
        : {}),
      missing: {},
    }
    this.keep({ state, sends: [], timers: [] }, 0)
    if (state.isEcho) this.apply({ kind: 'echo' })
  }

  /** Inside a group only. */
  protected apply(input: Input): void {
    const before = this.state!
    this.keep(decide(before, input, Date.now(), mint), before.call.rev)
  }

  private keep({ state, sends, timers }: Decision, revBefore: number): void {
    this.state = state
    this.file = answeredBy(state, this.file!)
    this.store.save(state, this.file)
    for (const { name, at } of timers) {
      if (at === null) this.shell.clearTimer(name)
      else this.shell.setTimer(name, at)
    }
    this.outbox.push(...sends)
    this.followMonitor()
    if (state.call.rev === revBefore || isAside(state)) return // nobody hears of a test
    this.telling = tellingOf(state, this.file!, Date.now())
    this.shell.append(`${state.id}:${state.call.rev}`, this.telling)
  }

  protected keepFile(file: CallFile): void {
    this.file = file
    this.store.save(this.state!, file)
  }

  protected override onRolledBack(): void {
    this.outbox = []
    this.telling = null
    this.load()
  }

  // ---- after the commit -----------------------------------------------------------------------------------------

  protected override onCommitted(): void {
    const sends = this.outbox.splice(0)
    if (sends.length > 0) this.ctx.waitUntil(this.delivery.deliver(sends))
    const { telling } = this
    this.telling = null
    if (telling) this.ctx.waitUntil(this.desk.tell(telling).catch(() => {})) // the journal tells again
    this.goOn()
  }

  /** What is under way goes on, also in a room that was just born again. */
  private goOn(): void {
    const { state } = this
    if (!state) return
    for (const leg of state.legs) this.repeatOk(leg)
    if (!state.isRouted && !this.isRouting && !isOver(state.call))
      this.ctx.waitUntil(state.monitors ? this.routeMonitor() : this.routeOn())
    if (state.move?.step === 'asking' && !this.isMoving) this.ctx.waitUntil(this.moveOn())
  }

  private async routeOn(): Promise<void> {
    this.isRouting = true
    const { triedTrunks: tried = [], hunt, call } = this.state!
    const on = { callId: this.name, tried, rung: hunt?.rung.map(({ aor }) => aor) ?? [], since: call.startedAt }
    const routed = await routeCall(this.env, this.state!.dialled, this.file!.caller, Date.now(), on)
    await this.inGroup(null, () => {
      if (!this.state || !this.file) return
      const { calleeAor, other, direction, agent = this.file.agent, known = this.file.known, claimed, dial } = routed
      const trunks = claimed ? [...(this.file.trunks ?? []), claimed] : this.file.trunks
      this.file = { ...this.file, calleeAor, other, direction, agent, known, trunks, ...(dial ? { dial } : {}) }
      this.apply({ kind: 'routed', route: routed.route, ...(dial ? { maxMs: dial.maxMs } : {}) })
    }).catch((fault: unknown) => log.error('call not routed', { callId: this.name, fault }))
    this.isRouting = false
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

  private repeatOk({ n, ok }: Leg): void {
    if (!ok || this.repeating.has(`${n}:${ok.cseq}`)) return
    const key = `${n}:${ok.cseq}`
    this.repeating.add(key)
    const again = (ms: number) =>
      setTimeout(() => {
        const leg = this.state?.legs.find((one) => one.n === n)
        if (leg?.ok?.cseq !== ok.cseq || Date.now() - ok.since > TRANSACTION_MS) return void this.repeating.delete(key)
        this.ctx.waitUntil(this.delivery.deliver([{ aor: leg.aor, instance: leg.instance, text: leg.ok.text }]))
        again(Math.min(ms * 2, T2_MS))
      }, ms)
    again(T1_MS)
  }

  // ---- time -----------------------------------------------------------------------------------------------------

  protected override onTimer({ name, at }: Timer, now: number): void {
    if (!this.state) return
    const isLook = name === 'watch' || name.startsWith('orphan:')
    if (isLook && now - at > LATE_MS) {
      // the server was away, and with it every device's socket: all have their time to come back
      this.file = { ...this.file!, missing: {} }
      this.store.save(this.state, this.file)
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

  /** The orphan rule: a device that has had no socket at two looks, 30 s apart (or 20 s after its page said that it goes), has left its call; the others are asked. */
  private async watch(): Promise<void> {
    const up = this.state?.legs.filter((leg) => leg.state === 'up') ?? []
    const looks = await Promise.all(
      up.map(async (leg) => ({ leg, isThere: await this.delivery.reaches(leg.aor, leg.instance).catch(() => null) })),
    )
    await this.inGroup(null, () => {
      if (!this.state || !this.file || isOver(this.state.call)) return
      const now = Date.now()
      for (const { leg, isThere } of looks) {
        if (isThere === null) continue
        const since: number | undefined = this.file.missing[leg.n]
        const missing: CallFile['missing'] = { ...this.file.missing }
        if (isThere) delete missing[leg.n]
        else missing[leg.n] = since ?? now
        this.file = { ...this.file, missing }
        const isLong = since !== undefined && now - since >= WATCH_MS - 1_000
        if (!isThere && (isLong || isForsaken(leg, now))) this.apply({ kind: 'lost', n: leg.n })
      }
      if (isOver(this.state.call)) return
      this.apply({ kind: 'probe' })
    })
  }

  /** Nothing is left to say: the room gives its storage back. A message that still comes finds no call (481). */
  private empty(): void {
    if (this.isEmptied) return
    this.isEmptied = true
    this.state = null
    this.file = null
    setTimeout(() => {
      if (!this.isEmptied) return // a new call took the name
      this.ctx.waitUntil(
        this.ctx.storage.deleteAll().then(() => {
          openShellTables(this.sql)
          this.store.open()
          this.store.load()
          this.isEmptied = false
        }),
      )
    }, 0)
  }

  protected override async drain(rows: JournalRow[]): Promise<void> {
    const news = rows.map(({ event }) => JSON.parse(event) as Telling | MonitorNews)
    const last = news.findLast((one): one is Telling => !('monitor' in one))
    const ofMonitor = news.filter((one): one is MonitorNews => 'monitor' in one)
    await Promise.all([last && this.desk.tell(last), this.carryMonitor(ofMonitor)])
  }
}

const mint: Mint = {
  token: () => crypto.randomUUID().replaceAll('-', '').slice(0, 12),
  fraction: () => Math.random(),
}
