import type { Leg } from './state'

/**
 * PHONE-4: the carrier behind this leg takes keys by INFO (application/dtmf-relay) and not in the sound: its trunk says so. Told to the
 * phone at the other end, which then sends them so; the INFO passes like any other.
 */
export const keyLines = (other: Leg | undefined): string[] =>
  other?.keys === 'info' ? ['X-Switchroom-Keys: info'] : []
