import type { MonitorMode } from '#shared/domain/call/monitor'
import { m } from '$lib/paraglide/messages'

/** What the agent is told of the supervisor at their call. */
const MONITORED: Record<MonitorMode, (who: { name: string }) => string> = {
  listen: m.monitor_told_listens,
  whisper: m.monitor_told_whispers,
  barge: m.monitor_told_joined,
}
export const monitoredWords = (mode: MonitorMode, name: string): string => MONITORED[mode]({ name })
