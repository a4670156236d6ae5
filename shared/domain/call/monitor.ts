import { ok, refuse, type Result } from '../../result'

/**
 * SIP-10: a supervisor at one agent's end of a call.
 *
 *   order ──take (their telephone has called)──▶ on (listen ⇄ whisper ⇄ barge) ──stop──▶ (none)
 *     └── 30 s without it ──▶ (none: nothing was heard)
 *
 * Nothing is heard before it is taken, so that is where it begins in the books.
 */
export const MONITOR_MODES = ['listen', 'whisper', 'barge'] as const
export type MonitorMode = (typeof MONITOR_MODES)[number]
export type Monitor = {
  id: string
  by: { userId: string; name: string }
  /** At whose end. */
  agentId: string
  /** The agent's leg of the call. */
  leg: number
  mode: MonitorMode
  /** The agent is told, by the policy when it was ordered. */
  isShown: boolean
  orderedAt: number
  /** The call that carries the supervisor's sound; null: their telephone has not called yet. */
  room: string | null
}
export type MonitorOrder = Omit<Monitor, 'orderedAt' | 'room'>

/** Why it ended: the supervisor let go, their line did, the agent left the call (or it ended), or their page did. */
export type MonitorEnd = 'stopped' | 'line-ended' | 'call-left' | 'page-gone' | 'ordered-anew'

/** What is written down: who, at whom, how. */
export type MonitorAct = { act: 'begin' | 'mode'; monitor: Monitor } | { act: 'end'; monitor: Monitor; why: MonitorEnd }

export type Monitored = { monitor: Monitor | null; acts: MonitorAct[] }

/** An order that no telephone follows is none after this long. */
export const ORDER_MS = 30_000

/** Who is heard by whom. The customer hears the supervisor in barge alone. */
export const hearing = (mode: MonitorMode): { byAgent: boolean; byCustomer: boolean } => ({
  byAgent: mode !== 'listen',
  byCustomer: mode === 'barge',
})

const isOn = (monitor: Monitor | null, now: number): monitor is Monitor =>
  monitor !== null && (monitor.room !== null || now - monitor.orderedAt < ORDER_MS)

/** One supervisor at a time at one call; the same one who orders anew (their page was loaded again) takes their own place. */
export function orderMonitor(
  before: Monitor | null,
  order: MonitorOrder,
  now: number,
): Result<Monitored, 'own-call' | 'monitored-already'> {
  if (order.agentId === order.by.userId) return refuse('own-call')
  if (isOn(before, now) && before.by.userId !== order.by.userId) return refuse('monitored-already')
  return ok({ monitor: { ...order, orderedAt: now, room: null }, acts: endOf(before, 'ordered-anew') })
}

/** The telephone of who ordered it has called, once, and in time. */
export function takeMonitor(
  before: Monitor | null,
  { id, userId, room }: { id: string; userId: string; room: string },
  now: number,
): Result<Monitored & { monitor: Monitor }, 'unknown-monitor'> {
  if (!isOn(before, now) || before.id !== id || before.by.userId !== userId) return refuse('unknown-monitor')
  // asked twice by a room that was not answered in time
  if (before.room === room) return ok({ monitor: before, acts: [] })
  if (before.room !== null) return refuse('unknown-monitor')
  const monitor = { ...before, room }
  return ok({ monitor, acts: [{ act: 'begin', monitor }] })
}

export function changeMonitor(
  before: Monitor | null,
  userId: string,
  mode: MonitorMode,
): Result<Monitored & { monitor: Monitor }, 'unknown-monitor'> {
  if (before?.by.userId !== userId || before.room === null) return refuse('unknown-monitor')
  if (before.mode === mode) return ok({ monitor: before, acts: [] })
  const monitor = { ...before, mode }
  return ok({ monitor, acts: [{ act: 'mode', monitor }] })
}

export const endMonitor = (before: Monitor | null, why: MonitorEnd): Monitored => ({
  monitor: null,
  acts: endOf(before, why),
})

const endOf = (monitor: Monitor | null, why: MonitorEnd): MonitorAct[] =>
  monitor?.room ? [{ act: 'end', monitor, why }] : []

/** What the supervisor's telephone dials, and what the edge tells the agent's page it is (`X-Switchroom-Monitor`). */
const TARGET = /^~monitor\.([A-Za-z0-9_-]{8,64})\.([A-Za-z0-9_-]{8,64})$/
export const monitorTarget = (callId: string, id: string): string => `~monitor.${callId}.${id}`
export const isMonitorTarget = (dialled: string): boolean => dialled.startsWith('~monitor.')
export function monitorOfTarget(dialled: string): { callId: string; id: string } | null {
  const found = TARGET.exec(dialled)
  return found ? { callId: found[1]!, id: found[2]! } : null
}

/** The order as the agent's page gets it; without `by` the agent is shown nothing. */
export type MonitorNotice = { callId: string; mode: MonitorMode; by: string | null }
export function writeNotice({ callId, mode, by }: MonitorNotice): string {
  return `${callId};mode=${mode}${by === null ? '' : `;by=${encodeURIComponent(by)}`}`
}
export function readNotice(text: string): MonitorNotice | null {
  const [callId = '', ...rest] = text.split(';').map((part) => part.trim())
  const parts = new Map(rest.map((part) => part.split('=') as [string, string]))
  const mode = MONITOR_MODES.find((one) => one === parts.get('mode'))
  const by = parts.get('by')
  return callId && mode ? { callId, mode, by: by === undefined ? null : decodeURIComponent(by) } : null
}
