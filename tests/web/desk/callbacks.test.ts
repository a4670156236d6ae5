import { describe, expect, it } from 'vitest'
import { newItem } from '#shared/outbox/item'
import type { AgentCommand } from '#shared/protocol/commands'
import type { CallbackDue } from '#shared/protocol/pulls'
import { REMIND_WITHIN_MS, reminders, standing } from '../../../web/src/lib/desk/callbacks'

const NOON = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const promise = (entryId: string, at: number, over: Partial<CallbackDue> = {}): CallbackDue => ({
  poolId: 'renewals',
  poolName: 'Renewals',
  entryId,
  customerName: `Customer ${entryId}`,
  phone: '+905320000001',
  at,
  timeZone: 'Europe/Istanbul',
  note: null,
  isMine: true,
  ...over,
})
let seq = 0
const waiting = (command: Partial<AgentCommand> & { kind: AgentCommand['kind'] }) =>
  newItem(
    {
      seq: ++seq,
      subject: 'renewals:1',
      isUrgent: false,
      command: {
        id: `c${seq}`,
        at: NOON,
        poolId: 'renewals',
        entryId: '1',
        was: NOON + HOUR,
        ...command,
      } as AgentCommand,
      about: { customerName: null, phone: '', disposition: null },
    },
    NOON,
  )
const told = [promise('1', NOON + HOUR), promise('2', NOON + 2 * HOUR)]

describe('promised calls on this device', () => {
  it('[POOL-15] show at once what was moved here, before the edge has heard of it', () => {
    const moved = waiting({ kind: 'move-callback', callbackAt: NOON + 3 * HOUR, callbackFor: 'anyone', note: 'later' })
    expect(standing(told, [moved]).map(({ entryId, at, isMine, note }) => [entryId, at, isMine, note])).toEqual([
      ['2', NOON + 2 * HOUR, true, null],
      ['1', NOON + 3 * HOUR, false, 'later'],
    ])
  })

  it('[POOL-15] leave out what was cancelled or settled here; what the edge has answered is its to tell', () => {
    const cancelled = waiting({ kind: 'cancel-callback' })
    expect(standing(told, [cancelled]).map(({ entryId }) => entryId)).toEqual(['2'])
    const settled = waiting({ kind: 'record-disposition', disposition: 'reached', token: 1 })
    expect(standing(told, [settled]).map(({ entryId }) => entryId)).toEqual(['2'])
    expect(standing(told, [{ ...cancelled, state: 'refused' }])).toEqual(told)
    expect(standing(told, [waiting({ kind: 'cancel-callback', was: NOON })])).toEqual(told)
  })

  it('[POOL-15] remind of mine when they come due, also a little late, and of nobody else’s', () => {
    const list = [
      promise('1', NOON - REMIND_WITHIN_MS),
      promise('2', NOON - 1),
      promise('3', NOON - 1, { isMine: false }),
      promise('4', NOON + HOUR),
      promise('5', NOON + 1, { isMine: false }),
    ]
    const { due, nextAt } = reminders(list, NOON)
    expect(due.map(({ entryId }) => entryId)).toEqual(['2'])
    expect(nextAt).toBe(NOON + HOUR)
    expect(reminders([], NOON)).toEqual({ due: [], nextAt: null })
  })
})
