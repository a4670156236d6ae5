import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ListedFields } from '#shared/domain/import/staged'
import { changed, changesBetween, editCard } from '#shared/domain/pool/card-edit'

const erin: ListedFields = {
  name: 'Erin Yılmaz',
  userCode: 'USR001',
  email: null,
  notes: 'calls after five',
  language: 'tr',
  timeZone: 'Europe/Istanbul',
  tags: ['october', 'vip'],
  custom: { city: 'İzmir' },
}
const edit = (field: string, from: string | string[] | null, to: string | string[] | null) =>
  editCard(erin, [{ field, from, to }])

describe('editing a card', () => {
  it('[POOL-23] changes what still is as the person saw it, and says from what to what', () => {
    expect(edit('name', 'Erin Yılmaz', '  Erin  Kaya ')).toEqual({
      ok: true,
      value: {
        fields: { ...erin, name: 'Erin Kaya' },
        changes: [{ field: 'name', from: 'Erin Yılmaz', to: 'Erin Kaya' }],
      },
    })
  })

  it('[POOL-23] refuses the whole edit where a field became something else meanwhile, and names it', () => {
    const both = editCard(erin, [
      { field: 'email', from: null, to: 'erin@example.org' },
      { field: 'notes', from: 'calls before noon', to: 'calls on Monday' },
    ])
    expect(both).toEqual({ ok: false, refusal: 'conflict', detail: 'notes' })
  })

  it('[POOL-23] what is so already is no conflict and no change', () => {
    expect(edit('notes', 'something older', 'calls after five')).toMatchObject({ ok: true, value: { changes: [] } })
  })

  it('[POOL-23] tags are added and taken away one by one, whatever others did to them meanwhile', () => {
    expect(edit('tags', ['october'], ['gold'])).toMatchObject({
      ok: true,
      value: { fields: { tags: ['vip', 'gold'] } },
    })
  })

  it('[POOL-23] empties a field, adds and removes custom ones', () => {
    expect(edit('notes', 'calls after five', ' ')).toMatchObject({ ok: true, value: { fields: { notes: null } } })
    expect(edit('custom.city', 'İzmir', null)).toMatchObject({ ok: true, value: { fields: { custom: {} } } })
    expect(edit('custom.car', null, 'Clio')).toMatchObject({
      ok: true,
      value: { fields: { custom: { city: 'İzmir', car: 'Clio' } } },
    })
  })

  it.each([
    ['email', null, 'not an address'],
    ['timeZone', 'Europe/Istanbul', 'Europe/Nowhere'],
    ['name', 'Erin Yılmaz', 'x'.repeat(201)],
    ['notes', 'calls after five', 'x'.repeat(2001)],
    ['custom.', null, 'x'],
    ['custom.__proto__', null, 'x'],
    ['phone', null, '+905320000001'],
    ['tags', ['october', 'vip'], 'vip'],
  ])('[POOL-23] refuses %s as no such thing', (field, from, to) => {
    expect(edit(field, from, to)).toEqual({ ok: false, refusal: 'invalid-input', detail: field })
  })

  it('[POOL-23] a form’s differences make of the one card the other, and nothing of the same', () => {
    const text = fc.option(fc.stringMatching(/^[a-z]{1,12}$/), { nil: null })
    const cards = fc.record({
      name: text,
      userCode: fc.constant(null),
      email: fc.constantFrom(null, 'erin@example.org', 'e@example.com'),
      notes: text,
      language: fc.constantFrom(null, 'tr', 'en'),
      timeZone: fc.constantFrom(null, 'Europe/Istanbul', 'Africa/Lagos'),
      tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
      custom: fc.dictionary(fc.constantFrom('city', 'car'), fc.stringMatching(/^[a-z]{1,8}$/), {
        noNullPrototype: true,
      }),
    })
    fc.assert(
      fc.property(cards, cards, (was, now) => {
        const changes = changesBetween(was, now)
        const edited = changes.length === 0 ? { ok: true as const, value: { fields: was } } : editCard(was, changes)
        const sorted = (card: ListedFields) => ({ ...card, tags: [...card.tags].sort() })
        expect(edited.ok && sorted(edited.value.fields)).toEqual(sorted(now))
        expect(sorted(changed(was, changes))).toEqual(sorted(now))
        expect(changesBetween(now, now)).toEqual([])
      }),
    )
  })
})
