import type { EntryRow, Shows } from '#shared/protocol/entries'
import type { PoolView } from '#shared/protocol/pools'
import { pagedRows, type Table } from '$lib/export/table-file'
import { m } from '$lib/paraglide/messages'
import { localSerial } from '$lib/books/day'
import { dispositionWord, stateOf } from '../../pool-words'
import { searchEntries } from './entry-api'

const PAGE = 1_000
type Asked = {
  pool: PoolView
  shows: Shows
  ownerName: (id: string) => string
  locale: 'en' | 'tr' | 'es' | 'ar'
  rightToLeft: boolean
}

/** IMP-7: the customers of the list as it is filtered and ordered. What an import reads has the names that an import knows. */
export function entryTable(
  { pool, shows, ownerName, locale, rightToLeft }: Asked,
  onCount: (n: number) => void,
): Table {
  const columns = [
    { title: m.entries_col_name(), width: 24 },
    { title: m.entries_col_phone(), width: 18 },
    { title: m.entries_col_code(), width: 14 },
    { title: m.entries_col_email(), width: 26 },
    { title: m.entries_col_notes(), width: 40 },
    { title: m.entries_priority(), width: 10 },
    { title: m.entries_col_language(), width: 10 },
    { title: m.entries_col_zone(), width: 18 },
    { title: m.entries_col_tags(), width: 20 },
    { title: m.entries_col_state(), width: 16 },
    { title: m.admin_entry_attempts(), width: 10 },
    { title: m.entries_disposition(), width: 20 },
    { title: m.entries_owner(), width: 20 },
    { title: m.entries_col_due(), width: 20 },
  ]
  const rowOf = (entry: EntryRow) => [
    entry.customerName,
    entry.phone,
    entry.userCode,
    entry.known?.email ?? null,
    entry.known?.notes ?? null,
    entry.priority,
    entry.known?.language ?? null,
    entry.known?.timeZone ?? null,
    entry.tags.join(', '),
    stateOf(entry.state)?.word() ?? entry.state,
    entry.attempts,
    entry.lastDisposition && dispositionWord(pool.dispositions, entry.lastDisposition, locale),
    entry.ownerId && ownerName(entry.ownerId),
    entry.dueAt === null ? null : { localSerial: localSerial(entry.dueAt, pool.timeZone) },
  ]
  const ask = (cursor: string | null) => searchEntries(pool.id, { ...shows, cursor, limit: PAGE, whole: true })
  return { name: m.admin_pool_entries(), columns, rows: pagedRows(ask, rowOf, onCount), rightToLeft }
}
