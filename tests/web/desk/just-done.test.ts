import { expect, it } from 'vitest'
import { newItem, type OutboxItem } from '#shared/outbox/item'
import type { AgentCommand } from '#shared/protocol/commands'
import { endedLeases, endsLease } from '../../../web/src/lib/desk/ended-leases'
import { CORRECTION_MS, justDone } from '../../../web/src/lib/desk/just-done'

const NOON = Date.UTC(2026, 10, 20, 12)
const about = { customerName: 'Erin', phone: '+12025550123', disposition: null }
const item = (seq: number, command: AgentCommand, changes: Partial<OutboxItem> = {}): OutboxItem => ({
  ...newItem({ seq, subject: 'erin', isUrgent: false, command, about }, NOON),
  ...changes,
})
const target = { poolId: 'renewals', entryId: '7', token: 3 }
const recorded = (changes: Partial<OutboxItem> = {}) =>
  item(1, { kind: 'record-disposition', id: 'record', at: NOON, ...target, disposition: 'busy' }, changes)
const corrected = (changes: Partial<OutboxItem> = {}) =>
  item(
    2,
    {
      kind: 'correct-disposition',
      id: 'correct',
      at: NOON + 1,
      poolId: 'renewals',
      entryId: '7',
      attemptId: 'record',
      disposition: 'interested',
    },
    changes,
  )

it('[POOL-14] a correction is folded into what it corrects: one line, the newest word, the newest tick', () => {
  const done = justDone([corrected({ state: 'sending' }), recorded({ state: 'accepted' })], NOON + 2)
  expect(done).toHaveLength(1)
  expect(done[0]).toMatchObject({
    id: 'record',
    disposition: 'interested',
    tick: 'sent',
    correctableUntil: NOON + CORRECTION_MS,
  })
})

it('[POOL-14] a refused correction leaves the first word standing, and asks for its person', () => {
  expect(
    justDone([corrected({ state: 'refused', refusal: 'granted-again' }), recorded({ state: 'accepted' })], NOON)[0],
  ).toMatchObject({ disposition: 'busy', tick: 'needs-you' })
})

it('[POOL-14] five minutes, and only what was booked', () => {
  expect(justDone([recorded()], NOON + CORRECTION_MS - 1)[0]!.correctableUntil).toBe(NOON + CORRECTION_MS)
  expect(justDone([recorded()], NOON + CORRECTION_MS)[0]!.correctableUntil).toBeNull()
  expect(justDone([recorded({ state: 'refused' })], NOON)[0]!.correctableUntil).toBeNull()
})

it('[POOL-4] a lease is done with as soon as its disposition is on the device; a refused one is still held', () => {
  expect(endsLease(recorded())).toBe(true)
  expect(endsLease(corrected())).toBe(false)
  expect([...endedLeases([recorded(), corrected()])]).toEqual(['renewals:7:3'])
  expect(endedLeases([recorded({ state: 'refused' })]).size).toBe(0)
})
