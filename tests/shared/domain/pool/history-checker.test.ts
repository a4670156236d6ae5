import { describe, expect, it } from 'vitest'
import { judge, judgeLeases, type Final, type HistoryEvent, type Outcome } from '#tests/support/history-checker'

/** Each history here is wrong in one way, or right although it looks odd: the judge must tell them apart. */
const MINUTE = 60_000
let moment = 0
const span = () => ({ sent: (moment += 1), answered: (moment += 1) })
const grant = (agentId: string, entryId: string, token: number, since = 0, over = {}): HistoryEvent => ({
  kind: 'granted',
  agentId,
  entryId,
  token,
  since,
  expiresAt: since + 10 * MINUTE,
  ...span(),
  ...over,
})
const record = (
  agentId: string,
  entryId: string,
  token: number,
  disposition = 'reached',
  outcome: Outcome = 'accepted',
): HistoryEvent => ({
  kind: 'recorded',
  id: `${agentId}-${entryId}-${token}`,
  agentId,
  entryId,
  token,
  disposition,
  outcome,
  ...span(),
})
const entry = (id: string, over = {}) => ({
  id,
  phone: `+90532000000${id}`,
  state: 'pending',
  attempts: 0,
  token: 1,
  ...over,
})
const attempt = (agentId: string, entryId: string, token: number, disposition: string | null = 'reached') => ({
  id: `${agentId}-${entryId}-${token}`,
  entryId,
  token,
  disposition,
  late: false,
})
const final = (over: Partial<Final> = {}): Final => ({
  entries: [entry('1'), entry('2')],
  attempts: [],
  byDisposition: {},
  ...over,
})
const rules = (events: HistoryEvent[], end = final()) =>
  judge(['1', '2'], events, end).map((violation) => violation.rule)

describe('[POOL-30] the judge of histories', () => {
  it('finds nothing in a good one', () => {
    const events = [
      grant('alice', '1', 1),
      record('alice', '1', 1),
      grant('bob', '2', 1),
      grant('bob', '1', 2, 11 * MINUTE),
    ]
    const end = final({
      entries: [entry('1', { attempts: 1 }), entry('2')],
      attempts: [attempt('alice', '1', 1)],
      byDisposition: { reached: 1 },
    })
    // bob's second lease comes after his first has lapsed
    expect(rules(events, end)).toEqual([])
  })

  it('catches a second lease on an entry that is held', () => {
    expect(rules([grant('alice', '1', 1), grant('bob', '1', 2, 9 * MINUTE)])).toEqual(['double-lease'])
    expect(rules([grant('alice', '1', 1), grant('bob', '1', 2, 10 * MINUTE)])).toEqual([])
  })

  it('catches it when the hold was extended, and accepts it when it was given back', () => {
    const extended: HistoryEvent = { kind: 'extended', entryId: '1', token: 1, expiresAt: 20 * MINUTE, ...span() }
    expect(rules([grant('alice', '1', 1), { ...extended, ...span() }, grant('bob', '1', 2, 11 * MINUTE)])).toEqual([
      'double-lease',
    ])
    const ended: HistoryEvent = { kind: 'ended', entryId: '1', token: 1, ...span() }
    expect(rules([grant('alice', '1', 1), { ...ended, ...span() }, grant('bob', '1', 2, MINUTE)])).toEqual([])
    const byHand: HistoryEvent = { kind: 'ended', entryId: '1', token: null, ...span() }
    expect(rules([grant('alice', '1', 1), { ...byHand, ...span() }, grant('bob', '1', 2, MINUTE)])).toEqual([])
  })

  it('catches one token given to two agents, and two leases of one agent', () => {
    expect(rules([grant('alice', '1', 1), grant('bob', '1', 1, MINUTE)])).toEqual(['token-reused'])
    expect(rules([grant('alice', '1', 1), grant('alice', '2', 1, MINUTE)])).toEqual(['two-leases-one-agent'])
  })

  it('where a clock may have gone back, accepts what was granted just before the end of a hold that had lapsed, and no earlier', () => {
    const justBefore = [grant('alice', '1', 1), grant('alice', '2', 1, 10 * MINUTE - 4_000)]
    expect(rules(justBefore)).toEqual(['two-leases-one-agent'])
    expect(judge(['1', '2'], justBefore, final(), 5_000)).toEqual([])
    const earlier = [grant('alice', '1', 1), grant('alice', '2', 1, 10 * MINUTE - 6_000)]
    expect(judge(['1', '2'], earlier, final(), 5_000)).toMatchObject([{ rule: 'two-leases-one-agent' }])
  })

  it('does not judge what may have happened in another order', () => {
    const first = grant('alice', '1', 1, 0, { sent: 1, answered: 2 })
    const release: HistoryEvent = { kind: 'ended', entryId: '1', token: 1, sent: 3, answered: 9 }
    const second = grant('bob', '1', 2, MINUTE, { sent: 4, answered: 6 })
    expect(rules([first, release, second])).toEqual([])
    // sent before the first was granted, decided after it: a do-not-call of whoever had the customer before
    const late = { ...record('carol', '1', 0, 'do-not-call', 'late'), sent: 0, answered: 3 }
    const other = grant('alice', '2', 1, MINUTE, { sent: 4, answered: 6 })
    expect(judgeLeases([first, other]).map(({ rule }) => rule)).toEqual(['two-leases-one-agent'])
    expect(judgeLeases([first, late, other])).toEqual([])
    expect(judgeLeases([first, { ...late, answered: 0 }, other])).toHaveLength(1)
  })

  it('catches a lost entry and a number that stands twice', () => {
    expect(rules([], final({ entries: [entry('1')] }))).toEqual(['lost-entry'])
    expect(rules([], final({ entries: [entry('1'), entry('2', { phone: entry('1').phone })] }))).toEqual([
      'same-number-twice',
    ])
  })

  it('catches a lost attempt, also one answered late or as a duplicate', () => {
    for (const outcome of ['accepted', 'duplicate'] as const) {
      expect(rules([grant('alice', '1', 1), record('alice', '1', 1, 'busy', outcome)])).toEqual(['lost-attempt'])
    }
  })

  it('catches a doubled attempt', () => {
    const twice = [attempt('alice', '1', 1), { ...attempt('alice', '1', 1), id: 'again' }]
    const end = final({
      entries: [entry('1', { attempts: 2 }), entry('2')],
      attempts: twice,
      byDisposition: { reached: 2 },
    })
    expect(rules([grant('alice', '1', 1), record('alice', '1', 1)], end)).toContain('doubled-attempt')
  })

  it('catches an attempt nobody made and one that was refused', () => {
    const end = final({
      entries: [entry('1', { attempts: 1 }), entry('2')],
      attempts: [attempt('alice', '1', 1)],
      byDisposition: { reached: 1 },
    })
    expect(rules([], end)).toContain('phantom-attempt')
    expect(rules([record('alice', '1', 1, 'reached', 'refused')], end)).toContain('phantom-attempt')
  })

  it('catches an entry that miscounts its attempts', () => {
    const end = final({ attempts: [attempt('alice', '1', 1)], byDisposition: { reached: 1 } })
    expect(rules([grant('alice', '1', 1), record('alice', '1', 1)], end)).toEqual(['attempts-miscounted'])
  })

  it('catches a disposition that nobody gave, and follows accepted corrections', () => {
    const said = [grant('alice', '1', 1), record('alice', '1', 1, 'reached')]
    const end = (disposition: string) =>
      final({
        entries: [entry('1', { attempts: 1 }), entry('2')],
        attempts: [attempt('alice', '1', 1, disposition)],
        byDisposition: { [disposition]: 1 },
      })
    expect(rules(said, end('busy'))).toEqual(['wrong-disposition'])
    const corrected = (isAccepted: boolean): HistoryEvent => ({
      kind: 'corrected',
      attemptId: 'alice-1-1',
      disposition: 'busy',
      isAccepted,
      ...span(),
    })
    expect(rules([...said, corrected(true)], end('busy'))).toEqual([])
    expect(rules([...said, corrected(true)], end('reached'))).toEqual(['wrong-disposition'])
    expect(rules([...said, corrected(false)], end('busy'))).toEqual(['wrong-disposition'])
  })

  it('[POOL-4] follows a refused command that is sent again: its id was unused, so it is decided anew', () => {
    const end = (disposition: string) =>
      final({
        entries: [entry('1', { attempts: 1 }), entry('2')],
        attempts: [attempt('alice', '1', 1, disposition)],
        byDisposition: { [disposition]: 1 },
      })
    const corrected = (disposition: string, isAccepted: boolean): HistoryEvent => ({
      kind: 'corrected',
      attemptId: 'alice-1-1',
      disposition,
      isAccepted,
      ...span(),
    })
    // the correction overtook the record it corrects, was refused, and came again once the record was booked
    const tooEarly = [grant('alice', '1', 1), corrected('no-answer', false), record('alice', '1', 1, 'rejected')]
    expect(rules([...tooEarly, corrected('no-answer', true)], end('no-answer'))).toEqual([])
    expect(rules([...tooEarly, corrected('no-answer', true)], end('rejected'))).toEqual(['wrong-disposition'])
    expect(rules([...tooEarly, corrected('no-answer', false)], end('no-answer'))).toEqual(['wrong-disposition'])
    // a newer correction is the last word, whatever was refused and came again before it
    const corrections = [corrected('no-answer', true), corrected('busy', true)]
    expect(rules([...tooEarly, ...corrections], end('busy'))).toEqual([])
    expect(rules([...tooEarly, ...corrections], end('no-answer'))).toEqual(['wrong-disposition'])

    const refused = [grant('alice', '1', 1), record('alice', '1', 1, 'busy', 'refused')]
    expect(rules([...refused, record('alice', '1', 1, 'busy')], end('busy'))).toEqual([])
    expect(rules([...refused, record('alice', '1', 1, 'busy', 'refused')], end('busy'))).toContain('phantom-attempt')
    expect(rules([...refused, record('alice', '1', 1, 'busy')])).toEqual(['lost-attempt'])
  })

  it('catches an old token that was accepted, and a newest one that was called late', () => {
    const booked = (n: number) =>
      final({
        entries: [entry('1', { attempts: n }), entry('2')],
        attempts: [attempt('alice', '1', 1)],
        byDisposition: { reached: 1 },
      })
    const events = [grant('alice', '1', 1), grant('bob', '1', 2, 11 * MINUTE), record('alice', '1', 1)]
    expect(rules(events, booked(1))).toEqual(['accepted-after-regrant'])
    expect(rules([grant('alice', '1', 1), record('alice', '1', 1, 'reached', 'late')], booked(1))).toEqual([
      'late-without-cause',
    ])
  })

  it('catches a customer given out after do-not-call was acknowledged', () => {
    const barred = (): HistoryEvent => ({ kind: 'barred', entryId: '1', ...span() })
    const reopened = (): HistoryEvent => ({ kind: 'reopened', entryId: '1', ...span() })
    expect(rules([barred(), grant('alice', '1', 1)])).toEqual(['granted-while-barred'])
    expect(rules([barred(), reopened(), grant('alice', '1', 1)])).toEqual([])
    const end = final({
      entries: [entry('1', { attempts: 1 }), entry('2')],
      attempts: [attempt('alice', '1', 1, 'do-not-call')],
      byDisposition: { 'do-not-call': 1 },
    })
    const events = [grant('alice', '1', 1), record('alice', '1', 1, 'do-not-call'), grant('bob', '1', 2, MINUTE)]
    expect(rules(events, end)).toEqual(['granted-while-barred'])
  })

  it('catches books that do not balance, at any step and at the end', () => {
    const told = (pending: number): HistoryEvent => ({
      kind: 'books',
      figures: { pending, total: 2 },
      counted: { pending: 2, total: 2 },
      ...span(),
    })
    expect(rules([told(2), told(1)])).toEqual(['books-unbalanced'])
    expect(rules([], final({ byDisposition: { reached: 1 } }))).toEqual(['books-unbalanced'])
  })
})
