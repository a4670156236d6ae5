import type { ExtractedRow } from '#shared/domain/import/extract'
import { readRow } from '#shared/domain/import/row'
import type { StagedRow } from '#shared/domain/import/staged'
import type { Env } from '../env'
import { customerIdOf } from './customer-id'
import { numbering } from './numbering'

/** Rows of a list, however they came, as a PoolRoom stages them. Both ways in pass here, so both give the same verdicts. */
export function stageRows(env: Pick<Env, 'NUMBER_KEY'>, country: string, rows: ExtractedRow[]): Promise<StagedRow[]> {
  return Promise.all(
    rows.map(async (given) => {
      const read = readRow(given, country, numbering)
      return read.fault ? read : { ...read, customerId: await customerIdOf(env, read.phone) }
    }),
  )
}
