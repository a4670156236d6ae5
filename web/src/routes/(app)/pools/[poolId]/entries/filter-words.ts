import { ANYBODY, NOBODY, type EntryFilter, type EntrySort } from '#shared/domain/pool/entry-filter'
import type { PoolView } from '#shared/protocol/pools'
import { m } from '$lib/paraglide/messages'
import { count } from '$lib/ui/moment'
import { dispositionWord } from '../../pool-words'

type Locale = 'en' | 'tr' | 'es' | 'ar'
export type Known = {
  pool: PoolView
  people: ReadonlyMap<string, string>
  lists: ReadonlyMap<string, string>
  locale: Locale
}
/** One thing that narrows the list, in words, and the filter without it. */
export type Narrowing = { key: string; words: string; without: EntryFilter }

export const CALLBACKS = ['promised', 'due', 'later', 'none'] as const
export const callbackWord = (value: (typeof CALLBACKS)[number]): string =>
  ({
    promised: m.entries_callback_promised,
    due: m.entries_callback_due,
    later: m.entries_callback_later,
    none: m.entries_callback_none,
  })[value]()

/** What narrows beside the state (its tabs say it) and the text (its field does). */
export function narrowings(filter: EntryFilter, { pool, people, lists, locale }: Known): Narrowing[] {
  const person = (id: string) =>
    id === NOBODY
      ? m.entries_owner_nobody()
      : id === ANYBODY
        ? m.entries_owner_anybody()
        : (people.get(id) ?? m.entries_owner_gone())
  const out: Narrowing[] = []
  const add = (keys: (keyof EntryFilter)[], words: string) =>
    out.push({
      key: keys[0]!,
      words,
      without: { ...filter, ...Object.fromEntries(keys.map((key) => [key, undefined])) },
    })
  const range = (name: string, from?: number, to?: number) =>
    m.entries_range({
      name,
      from: from === undefined ? '…' : count(from, locale),
      to: to === undefined ? '…' : count(to, locale),
    })
  if (filter.owner) {
    const isNamed = filter.owner !== NOBODY && filter.owner !== ANYBODY
    add(['owner'], isNamed ? m.entries_owned_by({ name: person(filter.owner) }) : person(filter.owner))
  }
  if (filter.priorityFrom !== undefined || filter.priorityTo !== undefined)
    add(['priorityFrom', 'priorityTo'], range(m.entries_priority(), filter.priorityFrom, filter.priorityTo))
  if (filter.attemptsFrom !== undefined || filter.attemptsTo !== undefined)
    add(['attemptsFrom', 'attemptsTo'], range(m.admin_entry_attempts(), filter.attemptsFrom, filter.attemptsTo))
  if (filter.lastDispositions)
    add(
      ['lastDispositions'],
      filter.lastDispositions.map((code) => dispositionWord(pool.dispositions, code, locale)).join(', '),
    )
  if (filter.tags) add(['tags'], filter.tags.join(', '))
  if (filter.importId) add(['importId'], lists.get(filter.importId) ?? m.entries_list())
  if (filter.callback) add(['callback'], callbackWord(filter.callback))
  if (filter.callbackFor)
    add(
      ['callbackFor'],
      filter.callbackFor === NOBODY
        ? m.entries_callback_anyone()
        : `${m.entries_callback_for()}: ${person(filter.callbackFor)}`,
    )
  return out
}

export const SORTS: { value: string; sort: EntrySort; word: () => string }[] = [
  { value: 'arrival', sort: { by: 'arrival', descending: false }, word: m.entries_sort_arrival },
  { value: 'newest', sort: { by: 'arrival', descending: true }, word: m.entries_sort_arrival_back },
  { value: 'name', sort: { by: 'name', descending: false }, word: m.entries_sort_name },
  { value: 'priority', sort: { by: 'priority', descending: true }, word: m.entries_sort_priority },
  { value: 'attempts', sort: { by: 'attempts', descending: true }, word: m.entries_sort_attempts },
  { value: 'due', sort: { by: 'due', descending: false }, word: m.entries_sort_due },
]
export const sortValue = ({ by, descending }: EntrySort): string =>
  SORTS.find(({ sort }) => sort.by === by && sort.descending === descending)?.value ?? 'arrival'
