import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chosenAfter, membersOf } from '#shared/domain/pool/members'

const teams = new Map([
  ['field', ['ann', 'ben']],
  ['office', ['ben', 'cem']],
])
const teamOf = (id: string) => teams.get(id)

describe('[POOL-9] members of a pool', () => {
  it('are those by hand and those of its teams, each once', () => {
    expect(membersOf({ members: [], people: ['dora', 'ann'], teams: ['field', 'office'] }, teamOf)).toEqual([
      'dora',
      'ann',
      'ben',
      'cem',
    ])
    expect(membersOf({ members: 'everyone', people: [], teams: ['field'] }, teamOf)).toBe('everyone')
    expect(membersOf({ members: ['eve'], teams: ['gone'] }, teamOf)).toEqual(['eve'])
  })

  it('a change says who by hand; teams stay unless it names them; everyone needs none of them', () => {
    const before = { members: ['ann', 'ben'], people: ['ann'], teams: ['field'] }
    expect(chosenAfter(before, { members: ['dora'] })).toMatchObject({ people: ['dora'], teams: ['field'] })
    expect(chosenAfter(before, { teams: [] })).toMatchObject({ people: ['ann'], teams: [] })
    expect(chosenAfter(before, {})).toMatchObject({ people: ['ann'], teams: ['field'] })
    expect(chosenAfter(before, { members: 'everyone' })).toEqual({ members: 'everyone', people: [], teams: [] })
    const all = { members: 'everyone' as const, people: [], teams: [] }
    for (const change of [{ members: [], teams: ['office'] }, { teams: ['office'] }])
      expect(chosenAfter(all, change)).toEqual({ members: [], people: [], teams: ['office'] })
  })

  it('nobody is a member whom neither the hand nor a team names', () => {
    const someone = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const some = fc.array(someone)
    fc.assert(
      fc.property(
        some,
        fc.dictionary(fc.constantFrom('t1', 't2', 't3'), some),
        fc.array(fc.constantFrom('t1', 't2', 't3')),
        (people, all, chosen) => {
          const found = membersOf({ members: [], people, teams: chosen }, (id) => all[id])
          const named = new Set([...people, ...chosen.flatMap((id) => all[id] ?? [])])
          expect(new Set(found)).toEqual(named)
          expect(found).toHaveLength(named.size)
        },
      ),
    )
  })
})
