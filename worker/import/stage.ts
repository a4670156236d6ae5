import type { ExtractedRow } from '#shared/domain/import/extract'
import { readRow } from '#shared/domain/import/row'
import type { StagedRow } from '#shared/domain/import/staged'
import type { Env } from '../env'
import { customerIdOf } from './customer-id'
import { numbering } from './numbering'

/** Rows of one part: what a room reads, judges or commits in one go while pulls wait, about 5 ms of work. */
const PART_ROWS = 250
/** A room keeps a part as one value of at most 2 MB; a character is at most three bytes. */
const PART_LENGTH = 600_000

/** Rows of a list, however they came, as a PoolRoom stages them. Both ways in pass here, so both give the same verdicts. */
export function stageRow(env: Pick<Env, 'NUMBER_KEY'>, country: string, given: ExtractedRow): StagedRow {
  const read = readRow(given, country, numbering)
  return read.fault ? read : { ...read, customerId: customerIdOf(env, read.phone) }
}

/** What travels to the room: texts of some hundred rows, which it keeps as they came. */
export function* partsOf(rows: Iterable<StagedRow>): Generator<{ text: string; phones: string[] }> {
  let texts: string[] = []
  let phones: string[] = []
  let length = 0
  for (const row of rows) {
    const text = JSON.stringify(row)
    if (texts.length > 0 && (texts.length === PART_ROWS || length + text.length > PART_LENGTH)) {
      yield { text: `[${texts.join(',')}]`, phones }
      texts = []
      phones = []
      length = 0
    }
    texts.push(text)
    if (row.phone !== null) phones.push(row.phone)
    length += text.length + 1
  }
  if (texts.length > 0) yield { text: `[${texts.join(',')}]`, phones }
}
