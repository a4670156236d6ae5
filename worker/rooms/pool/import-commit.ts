import { mergeListed } from '#shared/domain/import/merge'
import { dispositionOf } from '#shared/domain/import/past'
import type { ValidRow } from '#shared/domain/import/staged'
import { verdictOf, type Finding, type Found } from '#shared/domain/import/verdict'
import { newEntry } from '#shared/domain/pool/entry'
import { supervise } from '#shared/domain/pool/supervise'
import type { ImportView } from '#shared/protocol/imports'
import { namedByList, seenOf, type Named } from './ageing'
import type { Arriving } from './entry-arrivals'
import { personIdOf } from '../../import/person-id'
import { around, isValid, judge, listed, spokenOf, type Around, type Known } from './import-judge'
import { standingIn } from './import-standing'
import type { Before, PartDone } from './import-findings'
import type { Part } from './import-parts'
import type { StoredImport } from './import-store'
import { tellEnd, tellParts } from './import-tell'
import { importOf, viewOf } from './imports'
import type { PoolStore } from './pool-store'
import { newCard } from './card-store'
import { addPhones } from './phones'
import { must, Refused } from './refused'

/** A slice is as many parts as reach so many rows: one, as the edge packs them; more would keep pulls waiting. */
const SLICE_ROWS = 500
/**
 * IMP-4, 9: the next part of the list, in one transaction short enough that no pull waits for it; each row is judged anew, for
 * the pool may have changed since the dry run. What is committed can be pulled at once; lists show it when the journal
 * carries it on, after the last part. Asking again when all is committed changes nothing.
 */
export function commitSlice(store: PoolStore, importId: string, now: number): ImportView {
  const found = importOf(store, importId)
  if (found.state === 'committed' || found.state === 'undone') return viewOf(store, found)
  if (found.state !== 'checked' && found.state !== 'committing') throw new Refused('import-state')
  const findings = { ...found.findings }
  let rows = 0
  let isOver = false
  while (rows < SLICE_ROWS && !isOver) {
    const partId = store.imports.parts.nextToCommit(found.no)
    isOver = partId === null
    if (partId === null) break
    const part = store.imports.parts.get(partId)
    rows += part.rows.length
    const done = store.imports.committingFrom(found.no, () => commitPart(store, found, part, findings, now))
    store.imports.parts.setDone(partId, done)
  }
  const committedRows = found.committedRows + rows
  const next: StoredImport = { ...found, findings, committedRows, state: 'committing' }
  if (isOver || committedRows >= found.received) return tellSlice(store, next, now)
  store.imports.put(next)
  return viewOf(store, next)
}

/** All is in the pool; the import is committed when its lists have been told of all. */
function tellSlice(store: PoolStore, found: StoredImport, now: number): ImportView {
  const toldTo = tellParts(store, found)
  if (toldTo !== null) {
    const next = { ...found, toldTo }
    store.imports.put(next)
    return viewOf(store, next)
  }
  const next: StoredImport = { ...found, state: 'committed', committedAt: now }
  store.imports.put(next)
  store.forgetImportsSoon(now)
  return { ...viewOf(store, next), projection: { room: `pool:${store.poolId}`, seq: tellEnd(store, next, now) } }
}

function commitPart(
  store: PoolStore,
  { id, no, head }: StoredImport,
  part: Part,
  findings: Partial<Record<Finding, number>>,
  now: number,
): PartDone {
  const here = aroundPart(store, no, part)
  const judgeAgain = anew(store, no, part, here)
  const fresh: Fresh[] = []
  const known: Named[] = []
  const before: Before[] = []
  let isChanged = false
  part.rows.forEach((row, index) => {
    const was = part.found[index]!
    const is = judgeAgain(row, was)
    if (is.finding !== was.finding) {
      isChanged = true
      findings[was.finding] = (findings[was.finding] ?? 1) - 1
      findings[is.finding] = (findings[is.finding] ?? 0) + 1
    }
    part.found[index] = is
    if (!isValid(row)) return
    const verdict = verdictOf(is.finding, head)
    if (verdict === 'new' || verdict === 'second') fresh.push({ row, isSecond: verdict === 'second' })
    const person = is.finding === 'new' || is.finding === 'shared' ? null : spokenOf(here, row)
    if (!person) return
    known.push(namedAs(store, person.stored.entry.id, row))
    if (verdict === 'update' || verdict === 'reopen')
      before.push(change(store, head, row, person, verdict === 'reopen', now))
  })
  if (isChanged) store.imports.parts.setFound(part)
  const made = insert(store, fresh, now)
  const fromList = made.map((entryId, index) => ({ entryId, seenAt: fresh[index]!.row.past?.lastSeenAt ?? null }))
  const named = [...fromList, ...known]
  namedByList(store, named, now)
  store.lists.members.put(
    id,
    named.map(({ entryId }) => entryId),
  )
  const changed = new Set(before.map(({ entryId }) => entryId))
  const others = known.flatMap(({ entryId }) => (changed.has(entryId) ? [] : entryId))
  return { made, before, ...(others.length > 0 ? { others } : {}) }
}

/** Of a number that was new when its row was staged nothing is asked, unless it may have come in since. */
function aroundPart(store: PoolStore, no: number, { rows, found }: Part): Around {
  const numbers = store.imports.numbers(no)
  const [asked, settled]: [string[], string[]] = [[], []]
  rows.forEach((row, index) => {
    if (!isValid(row)) return
    const isSettled = found[index]!.finding === 'new' && !numbers.mayHaveArrived(row.phone)
    ;(isSettled ? settled : asked).push(row.phone)
  })
  return around(store, asked, settled)
}

/** What could not be read still cannot; all of the list is here now, and the pool may have changed. */
function anew(store: PoolStore, no: number, { rows, found }: Part, here: Around) {
  // what is plainly new is the first of its number
  const asked = rows.filter((row, index): row is ValidRow => isValid(row) && found[index]!.finding !== 'new')
  const inList = standingIn(store, no, asked)
  return (row: Part['rows'][number], was: Found): Found => {
    if (!isValid(row)) return was
    if (was.finding === 'new' && !here.people.has(row.phone) && !here.barred.has(row.phone)) return was
    const { userCode } = row.fields
    const standing = was.finding === 'new' ? { first: { row: row.row, userCode }, own: row.row } : inList(row)
    return judge(store, row, standing, here)
  }
}

/** POOL-21: before the row changes anything. The newest word wins: what is known of them may be newer than the list's. */
function namedAs(store: PoolStore, entryId: number, { past }: ValidRow): Named {
  if (past?.lastSeenAt === undefined) return { entryId, seenAt: null }
  return { entryId, seenAt: Math.max(past.lastSeenAt, seenOf(store, entryId)) }
}

/** A row whose customer comes in; `isSecond`: to somebody else's number. */
type Fresh = { row: ValidRow; isSecond: boolean }

function insert(store: PoolStore, fresh: readonly Fresh[], now: number): number[] {
  if (fresh.length === 0) return []
  const rows = fresh.map(({ row }) => row)
  const arriving = fresh.map(({ row, isSecond }): Arriving => {
    const { ownerId = null, attempts = 0, status } = row.past ?? {}
    return {
      entry: { ...newEntry(0, row.priority ?? 0), ownerId, earlierAttempts: attempts },
      phone: row.phone,
      // decision 0145: two people, each with a history of their own
      customerId: isSecond ? personIdOf(row.customerId, row.fields.userCode ?? '') : row.customerId,
      isSecond,
      timeZone: row.fields.timeZone,
      lastDisposition: status === undefined ? null : dispositionOf(store.rules.dispositions, status),
    }
  })
  const stored = store.entries.insertMany(arriving, store.rules, now)
  const ids = stored.map(({ entry }) => entry.id)
  store.cards.insertMany(rows.map(({ fields, phoneGiven }, index) => [ids[index]!, newCard(fields, phoneGiven, now)]))
  rows.forEach(({ phones }, index) => {
    if (phones) addPhones(store, stored[index]!, phones)
  })
  return ids
}

function change(
  store: PoolStore,
  { policy, by }: StoredImport['head'],
  row: ValidRow,
  { stored, card }: Known,
  reopens: boolean,
  now: number,
): Before {
  const entryId = stored.entry.id
  let entry = stored.entry
  if (policy === 'merge') {
    const { fields, changes } = mergeListed(listed(card), row.fields, () => store.edits.edited(entryId))
    store.cards.put(entryId, { ...card, ...fields, updatedAt: now })
    store.edits.add(entryId, changes, { id: by.id, name: by.name, how: 'import' }, now)
    if (row.phones) addPhones(store, stored, row.phones)
    if (row.priority !== null) entry = { ...entry, priority: row.priority }
  }
  if (reopens) entry = must(supervise(entry, { action: 'reopen', reason: '' }, 'supervisor', false))
  if (entry !== stored.entry) store.save(stored, entry, now)
  return { entryId, card, entry: entry === stored.entry ? null : stored.entry, at: now }
}
