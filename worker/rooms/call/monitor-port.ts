import type { MonitorEnd, MonitorMode } from '#shared/domain/call/monitor'
import type { Asked, CallerContext } from '../ports'

/** SIP-10: what a call is asked about the supervisor at it. `userId`: of the supervisor. */
export interface MonitorPort {
  /** Refuses call-not-talking, own-call, monitored-already, monitor-not-possible. */
  orderMonitor(order: {
    by: { userId: string; name: string }
    agentId: string
    mode: MonitorMode
    isShown: boolean
  }): Promise<Asked<{ target: string; agentId: string; mode: MonitorMode }>>
  /** Refuses unknown-monitor. */
  changeMonitor(change: { userId: string; mode: MonitorMode }): Promise<Asked<{ mode: MonitorMode }>>
  stopMonitor(userId: string): Promise<{ stopped: boolean }>
  /** SIP-4: the agent's end goes to the supervisor. Refuses call-not-talking, own-call, transfer-under-way. */
  takeOver(order: { from: string; by: CallerContext }): Promise<Asked<{ moving: true }>>
  /** The call that carries the supervisor's sound asks where to: once, and only for who ordered it. Refuses unknown-monitor. */
  takeMonitor(taken: { id: string; userId: string; room: string }): Promise<Asked<MonitoredLeg>>
  /** That call is over. */
  monitorOver(room: string, why: MonitorEnd): Promise<void>
  /** To that call: the agent's page goes by this from now on. False: it is not up. */
  showMonitor(notice: string): Promise<boolean>
}

/** The device that the agent talks with, and the order for its page (`X-Switchroom-Monitor`). */
export type MonitoredLeg = { aor: string; instance: string; contact: string; notice: string }
