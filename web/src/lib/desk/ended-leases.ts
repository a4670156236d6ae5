import type { OutboxItem } from '#shared/outbox/item'
import { leaseIdOf } from './hand'

/** Whether a command gives its customer back to the pool. */
export function endsLease({ command }: Pick<OutboxItem, 'command'>): boolean {
  return command.kind === 'record-disposition' || command.kind === 'skip-entry' || command.kind === 'release-lease'
}

/**
 * The leases this device is done with, whether the edge has heard of it or not: its answers may be older than our deeds.
 * A refused one is still held there.
 */
export function endedLeases(items: readonly OutboxItem[]): Set<string> {
  const ids = items.flatMap(({ command, state }) =>
    state !== 'refused' &&
    state !== 'discarded' &&
    (command.kind === 'record-disposition' || command.kind === 'skip-entry' || command.kind === 'release-lease')
      ? [leaseIdOf(command)]
      : [],
  )
  return new Set(ids)
}
