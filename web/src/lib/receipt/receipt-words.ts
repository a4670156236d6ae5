import type { Attempt } from '#shared/protocol/attempts'
import type { Receipt } from '#shared/protocol/receipt'
import type { OutCell } from '#shared/spreadsheet/xlsx-writer'
import { m } from '$lib/paraglide/messages'

const DECISIONS: Record<Receipt['decision'], () => string> = {
  allowed: m.hours_receipt_allowed,
  'asked-for': m.hours_receipt_asked_for,
  'outside-hours': m.hours_receipt_outside_hours,
  'do-not-call': m.hours_receipt_do_not_call,
}
export const decisionWord = (decision: Receipt['decision']): string => DECISIONS[decision]()

/** POOL-20, short: `09:32 their time, within hours`. Of several zones the first and the last. */
export function receiptWord({ localTimes, decision }: Receipt): string {
  const times = localTimes.map(({ time }) => time.slice(11))
  const time = times.length > 1 ? `${times[0]}–${times.at(-1)}` : (times[0] ?? '–')
  return `${m.hours_receipt_their_time({ time })}, ${decisionWord(decision)}`
}

/** The group of columns of the export: what was checked before the call. */
export const receiptHeader = (): string[] => [
  m.hours_receipt_column_time(),
  m.hours_receipt_column_zone(),
  m.hours_receipt_column_decision(),
  m.hours_receipt_column_rules(),
]
export const RECEIPT_WIDTHS = [20, 24, 20, 48]

export function receiptCells({ receipt }: Attempt): OutCell[] {
  if (!receipt) return receiptHeader().map(() => null)
  const { localTimes, decision, rules } = receipt
  return [
    localTimes.map(({ time }) => time).join(', ') || null,
    localTimes.map(({ zone }) => zone).join(', ') || null,
    decisionWord(decision),
    rules.map(({ rule, version, passed }) => `${rule} ${version} ${passed ? '✓' : '✗'}`).join('; '),
  ]
}
