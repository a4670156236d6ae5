import { beforeEach, expect, it, vi } from 'vitest'
import { fits, lastFourOf } from '#shared/domain/pool/form'
import { watchCardFields } from '../../../web/src/lib/recording/card-fields'

type Focus = (event: { target?: unknown; relatedTarget?: unknown }) => void
let listeners: Record<string, Focus>
beforeEach(() => {
  listeners = {}
  vi.stubGlobal('addEventListener', (kind: string, listener: Focus) => (listeners[kind] = listener))
})
const field = (isCard: boolean) => ({ closest: () => (isCard ? {} : null) })

it('[PHONE-11] the focus in a field for a card’s number is told, and its leaving, but not from one to the next', () => {
  const told: boolean[] = []
  watchCardFields((isIn) => told.push(isIn))
  const [number, code, note] = [field(true), field(true), field(false)]
  const go = (from: unknown, to: unknown) => {
    listeners.focusout!({ target: from, relatedTarget: to })
    if (to) listeners.focusin!({ target: to })
  }
  listeners.focusin!({ target: note })
  go(note, number)
  go(number, code)
  expect(told).toEqual([true])
  go(code, note)
  go(note, number)
  // the window lost the focus
  go(number, null)
  expect(told).toEqual([true, false, true, false])
})

it('[PHONE-11, POOL-28] of a card’s number only the last four digits are an answer', () => {
  expect(lastFourOf('4242 4242 4242 4242')).toBe('•••• 4242')
  expect(lastFourOf('3782-822463-10005')).toBe('•••• 0005')
  for (const none of ['', '4242', '•••• 4242', '4242 4242 4242 42x2', '1'.repeat(20)])
    expect(lastFourOf(none)).toBeNull()
  const card = { kind: 'card' as const, options: [] }
  expect(fits(card, '•••• 4242')).toBe(true)
  for (const never of ['4242424242424242', '•••• 42424', 4242, true]) expect(fits(card, never)).toBe(false)
})
