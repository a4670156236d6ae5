import { tickOf, type OutboxItem, type Tick } from '#shared/outbox/item'

/** POOL-14. */
export const CORRECTION_MS = 5 * 60_000

/** One customer that was done here: what was said last, and how far it has come. */
export type Done = {
  /** The attempt: the id of the command that booked it. */
  id: string
  customerName: string | null
  phone: string
  poolId: string
  entryId: string
  kind: 'disposed' | 'skipped'
  disposition: string | null
  /** The customer's clock. */
  zone: string | null
  at: number
  tick: Tick
  /** Until when its agent may correct it; null: no more, or never (a skip, a refused one). */
  correctableUntil: number | null
  latest: OutboxItem
}

/** "Just done": newest first, a correction folded into what it corrects. */
export function justDone(items: readonly OutboxItem[], now: number): Done[] {
  const corrections = new Map<string, OutboxItem[]>()
  for (const item of items) {
    if (item.command.kind === 'correct-disposition') {
      corrections.set(item.command.attemptId, [...(corrections.get(item.command.attemptId) ?? []), item])
    }
  }
  return [...items]
    .sort((one, other) => other.seq - one.seq)
    .flatMap((item): Done[] => {
      const { command } = item
      if (item.state === 'discarded' || (command.kind !== 'record-disposition' && command.kind !== 'skip-entry'))
        return []
      const later = (corrections.get(item.id) ?? [])
        .filter((one) => one.state !== 'discarded')
        .sort((one, other) => other.seq - one.seq)
      const latest = later[0] ?? item
      const until = item.writtenAt + CORRECTION_MS
      const isBooked = command.kind === 'record-disposition' && item.state !== 'refused'
      return [
        {
          id: item.id,
          customerName: item.about.customerName,
          phone: item.about.phone,
          poolId: command.poolId,
          entryId: command.entryId,
          kind: command.kind === 'skip-entry' ? 'skipped' : 'disposed',
          disposition: standing(item, later),
          zone: item.about.zone ?? null,
          at: command.at,
          tick: tickOf(latest)!,
          correctableUntil: isBooked && now < until ? until : null,
          latest,
        },
      ]
    })
}

/** What holds now: the newest word that was not refused. */
function standing(item: OutboxItem, later: readonly OutboxItem[]): string | null {
  const said = later.find((one) => one.state !== 'refused') ?? item
  return 'disposition' in said.command ? said.command.disposition : null
}
