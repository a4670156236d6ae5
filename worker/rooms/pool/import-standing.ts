import { digitsOf } from '#shared/domain/import/part-columns'
import type { StagedRow, ValidRow } from '#shared/domain/import/staged'
import type { Standing } from '#shared/domain/import/verdict'
import { isValid } from './import-judge'
import { keyOfPerson, type OwnRow } from './import-people'
import type { PoolStore } from './pool-store'

/** Where a row stands in its list: the first row of its number, and the first of its number and user code. */
export type InList = Required<Pick<Standing, 'first' | 'own'>>
/** A row that was the first of its number, or of its person, until one of these came. */
export type Demoted = { part: number; row: number }
type First = { row: number; userCode: string | null }

/** What these rows, arriving in any order, mean to the list as it came so far. `keep` writes it down. */
export function arrivingIn(store: PoolStore, no: number, rows: readonly StagedRow[]) {
  const valid = rows.filter(isValid)
  const before = store.imports.firsts(
    no,
    valid.map(({ phone }) => phone),
  )
  const firsts = new Map<string, First>()
  for (const { row, phone, fields } of valid) {
    const first = firsts.get(phone) ?? before.get(phone)
    if (!first || row < first.row) firsts.set(phone, { row, userCode: fields.userCode })
  }
  const firstOf = (phone: string): First => (firsts.get(phone) ?? before.get(phone))!
  const demoted = [...firsts].flatMap(([phone]): (Demoted & First & { phone: string })[] => {
    const was = before.get(phone)
    return was ? [{ ...was, phone }] : []
  })
  // whoever is not the first of the number may be somebody else on it
  const others = valid.filter((staged) => isBehind(staged, firstOf(staged.phone)))
  const behind = [
    ...others.map(({ row, phone, fields }) => ({ row, phone, userCode: fields.userCode! })),
    ...demoted.flatMap(({ row, phone, userCode }) => (userCode === null ? [] : [{ row, phone, userCode }])),
  ]
  // and whoever stood there alone may be the new first one's earlier row
  const taken = demoted.flatMap(({ phone }) => ({ phone, userCode: firsts.get(phone)!.userCode ?? '' }))
  const ownBefore = store.imports.people.firsts(no, [...behind, ...taken])
  const owns = new Map<string, { row: number; phone: string; userCode: string }>()
  for (const person of behind) {
    const key = keyOfPerson(person)
    const lowest = owns.get(key)?.row ?? ownBefore.get(key)?.row
    if (lowest === undefined || person.row < lowest) owns.set(key, person)
  }
  return {
    of: (staged: StagedRow): InList => {
      if (!isValid(staged)) return { first: { row: staged.row, userCode: null }, own: staged.row }
      return inList(staged, firstOf(staged.phone), (key) => owns.get(key) ?? ownBefore.get(key))
    },
    demoted: [
      ...demoted,
      ...[...owns.keys(), ...taken.map(keyOfPerson)].flatMap((key): Demoted[] => {
        const was = ownBefore.get(key)
        return was ? [was] : []
      }),
    ] satisfies Demoted[],
    keep: (part: number): void => {
      store.imports.setFirsts(no, firsts)
      const partOf = new Map(demoted.map(({ row, part: at }) => [row, at]))
      for (const person of owns.values())
        store.imports.people.put(no, { ...person, part: partOf.get(person.row) ?? part })
    },
  }
}

/** Where rows stand in the list as it came: exact once all of it has. */
export function standingIn(store: PoolStore, no: number, rows: readonly ValidRow[]): (row: ValidRow) => InList {
  const numbers = store.imports.numbers(no)
  // most are the first of their number themselves: nothing is looked up
  const firsts = store.imports.firsts(
    no,
    rows.flatMap(({ row, phone }) => (numbers.rowOf(digitsOf(phone)) === row ? [] : phone)),
  )
  const firstOf = ({ row, phone, fields }: ValidRow): First => firsts.get(phone) ?? { row, userCode: fields.userCode }
  const others = rows.filter((staged) => isBehind(staged, firstOf(staged)))
  const owns = store.imports.people.firsts(
    no,
    others.map(({ phone, fields }) => ({ phone, userCode: fields.userCode! })),
  )
  return (staged) => inList(staged, firstOf(staged), (key) => owns.get(key))
}

const isBehind = ({ row, fields }: ValidRow, first: First): boolean =>
  first.row < row && fields.userCode !== null && fields.userCode !== first.userCode

function inList(staged: ValidRow, first: First, ownOf: (key: string) => Pick<OwnRow, 'row'> | undefined): InList {
  const { row, phone, fields } = staged
  const own = isBehind(staged, first) ? ownOf(keyOfPerson({ phone, userCode: fields.userCode! })) : undefined
  return { first, own: Math.min(own?.row ?? row, row) }
}
