import type { CallView } from '#shared/protocol/calls'
import type { Reply } from '$lib/api/client'
import { pagedRows, type Table } from '$lib/export/table-file'
import { m } from '$lib/paraglide/messages'
import { localSerial } from '$lib/books/day'
import { causeOf } from '../floor/words'
import type { BookPage } from '$lib/books/book-list.svelte'

export type Words = { zone: string; rightToLeft: boolean; pool: (id: string | null) => string }

const DIRECTIONS = {
  outgoing: m.entries_calls_outgoing,
  internal: m.entries_calls_internal,
  incoming: m.floor_incoming,
}
export const directionWord = ({ direction }: CallView): string => DIRECTIONS[direction]()
/** The cause, with its SIP status where it says more (RFC 3261 §21). */
export const endWord = (call: CallView): string =>
  [causeOf(call).word(), call.sipStatus === null || call.sipStatus === 200 ? null : `(${call.sipStatus})`]
    .filter(Boolean)
    .join(' ')

/** PHONE-7: by the phone of whose call it is, else by another that measured. Null: nobody did, and that is no good score. */
export const legOf = ({ legs, agentId }: CallView) => legs.find(({ userId }) => userId === agentId) ?? legs[0] ?? null
function qualityCells(call: CallView): (string | number)[] {
  const leg = legOf(call)
  return leg ? [leg.mos, leg.worstMos, leg.loss, leg.delayMs] : [m.guard_quality_unknown(), '', '', '']
}

/** IMP-7: the calls of the filters as a file, with the screen's words and clock. */
export function callTable(
  ask: (cursor: string | null) => Promise<Reply<BookPage<CallView>>>,
  { zone, rightToLeft, pool }: Words,
  onCount: (count: number) => void,
): Table {
  const columns = [
    { title: m.attempts_when(), width: 20 },
    { title: m.attempts_who(), width: 20 },
    { title: m.entries_calls_with(), width: 18 },
    { title: m.attempts_pool(), width: 24 },
    { title: m.entries_calls_direction(), width: 16 },
    { title: m.attempts_talk(), width: 10 },
    { title: m.entries_calls_ended(), width: 24 },
    { title: m.guard_quality(), width: 14 },
    { title: m.guard_quality_worst(), width: 14 },
    { title: m.guard_quality_loss(), width: 10 },
    { title: m.guard_quality_delay(), width: 12 },
  ]
  const rowOf = (call: CallView) => [
    { localSerial: localSerial(call.startedAt, zone) },
    call.agentName,
    call.other,
    pool(call.poolId),
    directionWord(call),
    { durationMs: call.talkMs },
    endWord(call),
    ...qualityCells(call),
  ]
  return { name: m.entries_calls_title(), columns, rows: pagedRows(ask, rowOf, onCount), rightToLeft }
}
