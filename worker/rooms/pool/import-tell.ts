import type { PartDone } from './import-findings'
import type { StoredImport } from './import-store'
import type { PoolStore } from './pool-store'

/** Rows that one transaction tells of, some 8 ms, and entries that one event names: what the journal carries to D1 in one go. */
const TOLD_ROWS = 5_000
const EVENT_ENTRIES = 250

/**
 * The lists in D1 hear of an import at its end, part by part: during the commit the journal is the agents'. Answers up to
 * which row they were told; null: of all.
 */
export function tellParts(store: PoolStore, { no, toldTo = 0 }: StoredImport): number | null {
  let rows = 0
  let to = toldTo
  let waiting: number[] = []
  const flush = () => {
    if (waiting.length > 0) store.journal({ kind: 'changed', entries: waiting, cards: true })
    waiting = []
  }
  for (const part of store.imports.parts.done(no, toldTo, TOLD_ROWS)) {
    for (const entryId of changedBy(part.done)) {
      waiting.push(entryId)
      if (waiting.length === EVENT_ENTRIES) flush()
    }
    // who was here and did not change stands in this list all the same (POOL-24)
    if (part.done.others?.length) store.journal({ kind: 'changed', entries: part.done.others })
    rows += part.rows
    to = part.firstRow
  }
  flush()
  return rows < TOLD_ROWS ? null : to
}

/** The import itself, and who did it. Answers the number that shows it. */
export function tellEnd(store: PoolStore, { id, head, findings }: StoredImport, now: number): number {
  store.journal({
    kind: 'audited',
    at: now,
    actorId: head.by.id,
    action: 'import.commit',
    subject: id,
    detail: { rows: head.rowCount, findings },
  })
  return store.journal({ kind: 'import-changed', importId: id })
}

const changedBy = ({ made, before }: PartDone): number[] => [...made, ...before.map(({ entryId }) => entryId)]
