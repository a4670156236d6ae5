import { isUnsent, type OutboxItem } from './item'

/**
 * What may be sent now, in the order it must be sent (SYNC-2): inside a subject the order of writing; subjects with a
 * do-not-call first; otherwise the order of writing. An item that must wait holds back its own subject and no other;
 * refused, late and discarded ones hold back nothing.
 */
export function due(items: readonly OutboxItem[], now: number): OutboxItem[] {
  const unsent = items.filter(isUnsent).sort(bySeq)
  const urgent = new Set(unsent.filter((item) => item.isUrgent).map((item) => item.subject))
  const heldBack = new Set<string>()
  const free = unsent.filter((item) => {
    if (heldBack.has(item.subject)) return false
    if (item.notBefore <= now) return true
    heldBack.add(item.subject)
    return false
  })
  return [...free.filter((item) => urgent.has(item.subject)), ...free.filter((item) => !urgent.has(item.subject))]
}

/** When the next held-back item comes due; null: nothing waits for a moment. Epoch ms. */
export function nextDueAt(items: readonly OutboxItem[], now: number): number | null {
  const heads = new Map<string, OutboxItem>()
  for (const item of items.filter(isUnsent).sort(bySeq)) if (!heads.has(item.subject)) heads.set(item.subject, item)
  const later = [...heads.values()].map((item) => item.notBefore).filter((at) => at > now)
  return later.length === 0 ? null : Math.min(...later)
}

const bySeq = (one: OutboxItem, other: OutboxItem) => one.seq - other.seq
