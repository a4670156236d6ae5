import { describe, expect, it } from 'vitest'
import { changesBetween } from '#shared/domain/pool/card-edit'
import { CardDrafts } from '../../../web/src/lib/customer/card-drafts'
import { fieldsOf, formOf, rebased } from '../../../web/src/lib/customer/card-form'

const erin = {
  id: 'c1',
  phone: '+905320000001',
  phoneGiven: '0532 000 00 01',
  name: 'Erin',
  userCode: 'USR001',
  email: null,
  notes: null,
  language: 'tr',
  timeZone: null,
  tags: ['october'],
  custom: { city: 'İzmir' },
}
const mineOf = (form: ReturnType<typeof formOf>) => changesBetween(erin, fieldsOf(form, erin.userCode))

describe('a customer’s form', () => {
  it('[POOL-23] says nothing as long as nothing is typed', () => {
    expect(mineOf(formOf(erin))).toEqual([])
  })

  it('[POOL-23] reads tags by comma in any script, and leaves out custom fields without a name or a value', () => {
    const form = { ...formOf(erin), tags: 'october، vip; vip ,', custom: [{ key: ' ', value: 'x' }] }
    expect(mineOf(form)).toEqual([
      { field: 'tags', from: ['october'], to: ['october', 'vip'] },
      { field: 'custom.city', from: 'İzmir', to: null },
    ])
  })

  it('[POOL-23] takes over what somebody else changed and I did not; mine stays, and theirs is said', () => {
    const form = { ...formOf(erin), notes: 'has a dog' }
    const theirs = changesBetween(erin, {
      ...erin,
      email: 'erin@example.org',
      notes: 'has a cat',
      custom: { car: 'Clio' },
    })
    const next = rebased(form, mineOf(form), theirs)
    expect(next.form).toEqual({
      ...formOf({ ...erin, email: 'erin@example.org', custom: { car: 'Clio' } }),
      notes: 'has a dog',
    })
    expect(next.both).toEqual([{ field: 'notes', from: null, to: 'has a cat' }])
  })

  it('[POOL-23] keeps what was typed on the device, by customer, and forgets what is broken', () => {
    const rows = new Map<string, string>()
    const storage = {
      getItem: (key: string) => rows.get(key) ?? null,
      setItem: (key: string, value: string) => void rows.set(key, value),
      removeItem: (key: string) => void rows.delete(key),
    }
    const drafts = new CardDrafts({ poolId: 'p', entryId: '1' }, storage)
    const draft = { form: { ...formOf(erin), notes: 'has a dog' }, base: erin, at: 1 }
    drafts.write(draft)
    expect(new CardDrafts({ poolId: 'p', entryId: '1' }, storage).read()).toEqual(draft)
    expect(new CardDrafts({ poolId: 'p', entryId: '2' }, storage).read()).toBeNull()
    rows.set('card-draft-p-1', '{"form":')
    expect(drafts.read()).toBeNull()
    drafts.forget()
    expect(rows.size).toBe(0)
  })
})
