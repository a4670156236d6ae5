import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeListed } from '#shared/domain/import/merge'
import type { InvalidRow, ListedFields, ValidRow } from '#shared/domain/import/staged'
import {
  findingFor,
  rowVerdict,
  type Person,
  type Policy,
  type SharedNumbers,
  type Standing,
} from '#shared/domain/import/verdict'

const SILENT: ListedFields = {
  name: null,
  userCode: null,
  email: null,
  notes: null,
  language: null,
  timeZone: null,
  tags: [],
  custom: {},
}
const listed = (fields: Partial<ListedFields> = {}): ListedFields => ({ ...SILENT, ...fields })
const row = (fields: Partial<ListedFields> = {}, more: Partial<ValidRow> = {}): ValidRow => ({
  row: 9,
  given: {},
  name: fields.name ?? null,
  fault: null,
  phone: '+905320001122',
  phoneGiven: '0532 000 11 22',
  customerId: 'c1',
  fields: listed(fields),
  priority: null,
  warnings: [],
  ...more,
})
const verdictFor = (row: ValidRow | InvalidRow, standing: Standing, policy: Policy, reopenUnreachable = false) =>
  rowVerdict(row, findingFor(row, standing), { policy, reopenUnreachable })
const standing = (more: Partial<Standing> = {}): Standing => ({
  first: { row: 9, userCode: null },
  people: [],
  onDoNotCall: false,
  ...more,
})
const known = (state: Person['state'], fields: Partial<ListedFields> = {}) => ({
  state,
  fields: listed(fields),
  priority: 0,
})

describe('verdicts', () => {
  it('[IMP-4] a number nobody knows is new', () => {
    expect(verdictFor(row({ name: 'Erin' }), standing(), 'merge')).toMatchObject({
      verdict: 'new',
      reason: null,
      phone: '+905320001122',
      name: 'Erin',
    })
  })

  it('[IMP-4] what cannot be read is invalid, with its column, value and reason', () => {
    const bad: InvalidRow = {
      row: 3,
      given: { phone: 'x' },
      name: 'Erin',
      phone: null,
      fault: { reason: 'phone-invalid', column: 'phone', value: 'x' },
    }
    expect(verdictFor(bad, standing(), 'merge')).toMatchObject({
      row: 3,
      verdict: 'invalid',
      column: 'phone',
      value: 'x',
      reason: 'phone-invalid',
      name: 'Erin',
    })
  })

  it('[IMP-4] the first in the file wins; the same number under another user code says so', () => {
    expect(verdictFor(row(), standing({ first: { row: 4, userCode: 'A' } }), 'merge')).toMatchObject({
      verdict: 'duplicate',
      reason: 'repeats-row',
      of: 4,
    })
    expect(verdictFor(row({ userCode: 'B' }), standing({ first: { row: 4, userCode: 'A' } }), 'merge')).toMatchObject({
      verdict: 'shared',
      reason: 'same-number',
      of: 4,
    })
    expect(verdictFor(row(), standing({ first: { row: 12, userCode: null } }), 'merge')).toMatchObject({
      verdict: 'new',
    })
  })

  it('[IMP-4] [POOL-16] do-not-call comes before anything the pool says', () => {
    expect(verdictFor(row(), standing({ onDoNotCall: true, people: [known('pending')] }), 'merge')).toMatchObject({
      verdict: 'do-not-call',
      reason: 'on-do-not-call',
    })
    expect(verdictFor(row(), standing({ people: [known('do-not-call')] }), 'merge')).toMatchObject({
      verdict: 'do-not-call',
    })
  })

  it('[IMP-4] completed and unreachable stay closed', () => {
    expect(verdictFor(row({ name: 'New' }), standing({ people: [known('completed')] }), 'merge')).toMatchObject({
      verdict: 'closed',
      reason: 'already-completed',
    })
    expect(verdictFor(row(), standing({ people: [known('unreachable')] }), 'merge')).toMatchObject({
      verdict: 'closed',
      reason: 'already-unreachable',
    })
  })

  it('[IMP-4] unreachable ones are reopened where that is chosen, completed ones never', () => {
    expect(verdictFor(row(), standing({ people: [known('unreachable')] }), 'merge', true).verdict).toBe('reopen')
    expect(verdictFor(row(), standing({ people: [known('completed')] }), 'merge', true).verdict).toBe('closed')
  })

  it('[IMP-4] another user code on a number that is known is another person', () => {
    const stands = standing({ people: [known('pending', { userCode: 'A' })] })
    expect(verdictFor(row({ userCode: 'B' }), stands, 'merge')).toMatchObject({
      verdict: 'shared',
      reason: 'same-number-known',
      of: null,
    })
    expect(verdictFor(row({ userCode: 'A' }), stands, 'merge').verdict).toBe('unchanged')
    expect(verdictFor(row(), stands, 'merge').verdict).toBe('unchanged')
  })

  it('[IMP-4] a shared number is held back, or taken as a second person where that is chosen', () => {
    const second = (row: ValidRow, stands: Standing, sharedNumbers: SharedNumbers) =>
      rowVerdict(row, findingFor(row, stands), { policy: 'merge', reopenUnreachable: false, sharedNumbers })
    const here = standing({ people: [known('completed', { userCode: 'A' })] })
    expect(second(row({ userCode: 'B' }), here, 'hold-back')).toMatchObject({ verdict: 'shared' })
    expect(second(row({ userCode: 'B' }), here, 'second-person')).toMatchObject({ verdict: 'second', reason: null })
    expect(second(row(), here, 'second-person').verdict).toBe('closed')
    const inFile = standing({ first: { row: 4, userCode: 'A' } })
    expect(second(row({ userCode: 'B' }), inFile, 'second-person')).toMatchObject({ verdict: 'second', of: 4 })
    const twice = second(row({ userCode: 'B' }), { ...inFile, own: 6 }, 'second-person')
    expect(twice).toMatchObject({ verdict: 'duplicate', reason: 'repeats-row', of: 6 })
  })

  it('[IMP-4] of two people on one number each row speaks of its own, and the same list again changes nothing', () => {
    const people = [known('pending', { userCode: 'A', name: 'Ada' }), known('pending', { userCode: 'B', name: 'Bo' })]
    const inFile = standing({ first: { row: 4, userCode: 'A' }, people })
    expect(verdictFor(row({ userCode: 'B', name: 'Bo' }), inFile, 'merge').verdict).toBe('unchanged')
    expect(findingFor(row({ userCode: 'B', name: 'Bob' }), inFile).changes).toEqual([
      { field: 'name', from: 'Bo', to: 'Bob' },
    ])
    expect(verdictFor(row({ userCode: 'C' }), inFile, 'merge')).toMatchObject({ verdict: 'shared', of: 4 })
    const nameless = standing({ first: { row: 4, userCode: 'A' }, people: [known('pending')] })
    expect(verdictFor(row({ userCode: 'B' }), nameless, 'merge')).toMatchObject({ verdict: 'shared', of: 4 })
  })

  it('[IMP-4] [POOL-16] do-not-call bars everybody on the number', () => {
    const stands = standing({ people: [known('do-not-call', { userCode: 'A' })] })
    const answer = rowVerdict(row({ userCode: 'B' }), findingFor(row({ userCode: 'B' }), stands), {
      policy: 'merge',
      reopenUnreachable: false,
      sharedNumbers: 'second-person',
    })
    expect(answer).toMatchObject({ verdict: 'do-not-call', reason: 'on-do-not-call' })
    const listedRow = standing({ first: { row: 4, userCode: 'A' }, onDoNotCall: true })
    expect(verdictFor(row({ userCode: 'B' }), listedRow, 'merge').verdict).toBe('do-not-call')
  })

  it('[IMP-4] the policy decides for a number that is known', () => {
    const stands = standing({ people: [known('pending', { name: 'Old' })] })
    expect(verdictFor(row({ name: 'New' }), stands, 'merge').verdict).toBe('update')
    expect(verdictFor(row({ name: 'Old' }), stands, 'merge').verdict).toBe('unchanged')
    expect(verdictFor(row(), stands, 'merge').verdict).toBe('unchanged')
    expect(verdictFor(row({}, { priority: 5 }), stands, 'merge').verdict).toBe('update')
    expect(verdictFor(row({ name: 'New' }), stands, 'skip').verdict).toBe('unchanged')
    expect(verdictFor(row(), stands, 'error')).toMatchObject({ verdict: 'invalid', reason: 'exists' })
  })
})

describe('merging', () => {
  const text = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: null })
  const fields = fc.record({
    name: text,
    userCode: text,
    email: text,
    notes: text,
    language: text,
    timeZone: text,
    tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z')),
    custom: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2')),
  })

  it('[IMP-4] never blanks, and the same list again changes nothing', () => {
    fc.assert(
      fc.property(fields, fields, (before, list) => {
        const once = mergeListed(before, list).fields
        for (const name of ['name', 'userCode', 'email', 'notes', 'language', 'timeZone'] as const)
          expect(once[name]).toBe(list[name] ?? before[name])
        expect(once.tags).toEqual(expect.arrayContaining([...before.tags, ...list.tags]))
        expect(once.custom).toEqual({ ...before.custom, ...list.custom })
        expect(mergeListed(once, list).changes).toEqual([])
      }),
    )
  })

  it('[IMP-4] names what changed', () => {
    expect(
      mergeListed(listed({ name: 'A', tags: ['x'] }), listed({ name: 'B', tags: ['x'], email: 'e@example.com' }))
        .changes,
    ).toEqual([
      { field: 'name', from: 'A', to: 'B' },
      { field: 'email', from: null, to: 'e@example.com' },
    ])
  })

  it('[IMP-4] keeps what a person edited, and says what the list would have made of it', () => {
    const known = listed({ name: 'Erin (maiden name Su)', custom: { city: 'Van' } })
    const list = listed({ name: 'Erin', email: 'e@example.com', custom: { city: 'Muş' } })
    const { fields, changes, kept } = mergeListed(known, list, () => new Set(['name', 'custom.city']))
    expect(fields).toEqual({ ...known, email: 'e@example.com' })
    expect(changes).toEqual([{ field: 'email', from: null, to: 'e@example.com' }])
    expect(kept).toEqual([
      { field: 'name', from: 'Erin (maiden name Su)', to: 'Erin' },
      { field: 'custom.city', from: 'Van', to: 'Muş' },
    ])
  })
})
