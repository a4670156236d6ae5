import { uuidv7 } from 'uuidv7'
import { isOver, isTalking } from '#shared/domain/call/call'
import {
  changeMonitor,
  endMonitor,
  monitorTarget,
  orderMonitor,
  takeMonitor,
  writeNotice,
  type Monitor,
  type MonitorAct,
  type Monitored,
  type MonitorEnd,
} from '#shared/domain/call/monitor'
import { partId } from '#shared/domain/call/part'
import { bookAudits, type AuditEntry } from '../../db/audit-book'
import { log } from '../../log'
import { isAside, takesMonitors, talkingLegOf } from '../../sip/b2bua/monitor'
import type { Leg } from '../../sip/b2bua/state'
import { asking, callRoom } from '../doors'
import { isRefusal, type Asked, type CallPort } from '../ports'
import { KeptRoom } from './kept-room'
import type { MonitoredLeg, MonitorPort } from './monitor-port'

/** In the room's journal beside what others are told of the call. `over`: of a monitor's own call, to the call it is at. */
export type MonitorNews =
  | { monitor: 'audit'; entry: AuditEntry }
  | { monitor: 'hang-up'; room: string; why: MonitorEnd }
  | { monitor: 'over'; callId: string; why: MonitorEnd }

/**
 * SIP-10 in the room of a call. It plays two parts: of the call that a supervisor is at (it decides, and books every beginning, change and
 * end), and of the call that carries the supervisor's sound to the agent's page (it only asks the first, and says when it is over).
 *
 *   POST …/monitor ─▶ call (order) ◀── takeMonitor ── monitor's call ◀─ INVITE ~monitor… ─ supervisor's page
 *                       │ changeMonitor ── showMonitor ─▶  │ INVITE, INFO with X-Switchroom-Monitor ─▶ agent's page, which mixes
 *                       └── agent left, call over ─ hang-up ─▶ (BYE both)
 */
export abstract class MonitoredRoom extends KeptRoom implements MonitorPort {
  abstract transfer(...order: Parameters<CallPort['transfer']>): ReturnType<CallPort['transfer']>

  // ---- the call that a supervisor is at ---------------------------------------------------------------------------

  async orderMonitor({ by, agentId, mode, isShown }: Parameters<MonitorPort['orderMonitor']>[0]) {
    const id = crypto.randomUUID()
    return this.inGroup(null, (): Awaited<ReturnType<MonitorPort['orderMonitor']>> => {
      const { state, file } = this
      const leg = state && !isAside(state) && isTalking(state.call) ? talkingLegOf(state, agentId) : undefined
      if (!state || !file || !leg) return { refused: 'call-not-talking' }
      if (!takesMonitors(leg)) return { refused: 'monitor-not-possible' }
      const order = { id, by, agentId, leg: leg.n, mode, isShown }
      const decided = orderMonitor(file.monitor ?? null, order, Date.now())
      if (!decided.ok) return { refused: decided.refusal }
      this.keepMonitor(decided.value)
      return { target: monitorTarget(state.id, id), agentId, mode }
    })
  }

  async takeMonitor(taken: Parameters<MonitorPort['takeMonitor']>[0]): Promise<Asked<MonitoredLeg>> {
    return this.inGroup(null, (): Asked<MonitoredLeg> => {
      const decided = takeMonitor(this.file?.monitor ?? null, taken, Date.now())
      if (!decided.ok) return { refused: decided.refusal }
      const { monitor } = decided.value
      const leg = this.state!.legs.find(({ n }) => n === monitor.leg)
      if (leg?.state !== 'up') return { refused: 'unknown-monitor' }
      this.keepMonitor(decided.value)
      const { aor, instance, remoteTarget: contact } = leg
      return { aor, instance, contact, notice: this.noticeOf(monitor, leg) }
    })
  }

  async changeMonitor({ userId, mode }: Parameters<MonitorPort['changeMonitor']>[0]) {
    const changed = await this.inGroup(null, (): Asked<{ room: string; notice: string }> => {
      const decided = changeMonitor(this.file?.monitor ?? null, userId, mode)
      if (!decided.ok) return { refused: decided.refusal }
      const { monitor } = decided.value
      const leg = this.state!.legs.find(({ n }) => n === monitor.leg)
      if (!leg) return { refused: 'unknown-monitor' }
      this.keepMonitor(decided.value)
      return { room: monitor.room!, notice: this.noticeOf(monitor, leg) }
    })
    if (isRefusal(changed)) return changed
    const { room, notice } = changed
    const isTold = await asking(
      () => callRoom(this.env, room),
      (call) => call.showMonitor(notice),
    )
    return isTold ? { mode } : { refused: 'unknown-monitor' as const }
  }

  async stopMonitor(userId: string): Promise<{ stopped: boolean }> {
    return this.inGroup(null, () => {
      const monitor = this.file?.monitor
      if (monitor?.by.userId !== userId) return { stopped: false }
      this.keepMonitor(endMonitor(monitor, 'stopped'))
      return { stopped: true }
    })
  }

  async monitorOver(room: string, why: MonitorEnd): Promise<void> {
    await this.inGroup(null, () => {
      const monitor = this.file?.monitor
      if (monitor?.room === room) this.keepMonitor(endMonitor(monitor, why))
    })
  }

  async takeOver({ from, by }: Parameters<MonitorPort['takeOver']>[0]) {
    if (from === by.userId) return { refused: 'own-call' as const }
    const moved = await this.transfer({ from, to: by.userId, by })
    if (isRefusal(moved)) return moved
    await this.inGroup(null, () => this.audit(by.userId, 'call.take-over', { agentId: from }))
    return moved
  }

  private noticeOf({ mode, isShown, by }: Monitor, leg: Leg): string {
    const { id } = this.state!
    const callId = leg.part === undefined ? id : partId(id, leg.part)
    return writeNotice({ callId, mode, by: isShown ? by.name : null })
  }

  private keepMonitor({ monitor, acts }: Monitored): void {
    this.keepFile({ ...this.file!, monitor })
    for (const act of acts) this.book(act)
  }

  private book(act: MonitorAct): void {
    const { by, agentId, mode, isShown, room } = act.monitor
    const why = act.act === 'end' ? { why: act.why } : {}
    this.audit(by.userId, `call.monitor.${act.act}`, { agentId, mode, isShown, ...why })
    if (act.act === 'end') this.note({ monitor: 'hang-up', room: room!, why: act.why })
  }

  private audit(actorId: string, action: string, detail: Record<string, unknown>): void {
    const entry = { id: uuidv7(), at: Date.now(), actorId, action, subject: this.name, detail }
    this.note({ monitor: 'audit', entry })
  }

  private note(news: MonitorNews): void {
    this.shell.append(uuidv7(), news)
  }

  /** Inside a group, after each decision: whoever left takes the monitor along, and a monitor's call that is over says so once. */
  protected override followMonitor(): void {
    const { state, file } = this
    if (!state || !file) return
    const { monitor } = file
    if (monitor) {
      const leg = isOver(state.call) ? undefined : talkingLegOf(state, monitor.agentId)
      if (leg?.n !== monitor.leg) this.keepMonitor(endMonitor(monitor, 'call-left'))
      else if (leg.orphanedAt !== undefined) this.keepMonitor(endMonitor(monitor, 'page-gone'))
    }
    if (!state.monitors || !isOver(state.call) || file.isMonitorOver) return
    this.keepFile({ ...file, isMonitorOver: true })
    const why = state.call.endedBy === 'caller' ? 'stopped' : 'line-ended'
    this.note({ monitor: 'over', callId: state.monitors.callId, why })
  }

  /** Carries the journal's part of it on; all of it may be heard twice. */
  protected async carryMonitor(news: MonitorNews[]): Promise<void> {
    for (const one of news) {
      if (one.monitor === 'hang-up') await asking(() => callRoom(this.env, one.room), (call) => call.end(one.why)) // prettier-ignore
      if (one.monitor === 'over')
        await asking(() => callRoom(this.env, one.callId), (call) => call.monitorOver(this.name, one.why)) // prettier-ignore
    }
    const entries = news.flatMap((one) => (one.monitor === 'audit' ? [one.entry] : []))
    if (entries.length > 0) await bookAudits(this.env.DB, entries)
  }

  // ---- the call that carries the supervisor's sound ---------------------------------------------------------------

  /** Where it goes is the other call's to say; asked again after an eviction. */
  protected async routeMonitor(): Promise<void> {
    const { callId, id } = this.state!.monitors!
    const { userId } = this.file!.caller
    const asked = await asking(
      () => callRoom(this.env, callId),
      (call) => call.takeMonitor({ id, userId, room: this.name }),
    ).catch((fault: unknown): Asked<MonitoredLeg> => {
      log.warn('monitor not routed', { callId: this.name, fault })
      return { refused: 'unavailable' }
    })
    await this.inGroup(null, () => {
      if (!this.state || !this.file) return
      this.apply({ kind: 'monitor', to: isRefusal(asked) ? null : asked })
    })
  }

  async showMonitor(notice: string): Promise<boolean> {
    return this.inGroup(null, () => {
      const isUp = this.state !== null && isTalking(this.state.call)
      if (isUp) this.apply({ kind: 'monitor-notice', notice })
      return isUp
    })
  }
}
