import type { StagedRow } from './staged'

/**
 * What a pool's room asks of every row of a part, beside its text, so that rows in which nothing is to be seen are staged
 * without reading them: a hundred thousand of these are read in some milliseconds.
 */
export type PartColumns = {
  /** The line of the first row; `rows`: the lines of all, where they do not follow one another. */
  first: number
  rows?: number[]
  /** E.164 without its plus: at most 15 digits, a whole number that loses nothing. 0: the row could not be read. */
  phones: number[]
  /** User codes; not given: nobody has one. */
  codes?: (string | null)[]
  /** How many are taken with a remark. */
  warned: number
}

export function columnsOf(rows: readonly StagedRow[]): PartColumns {
  const first = rows[0]?.row ?? 0
  const lines = rows.every(({ row }, index) => row === first + index) ? {} : { rows: rows.map(({ row }) => row) }
  const phones: number[] = []
  const codes: (string | null)[] = []
  let [warned, hasCodes] = [0, false]
  for (const row of rows) {
    phones.push(row.fault ? 0 : digitsOf(row.phone))
    codes.push(row.fault ? null : row.fields.userCode)
    if (row.fault) continue
    if (row.warnings.length > 0) warned += 1
    if (row.fields.userCode !== null) hasCodes = true
  }
  return { first, ...lines, phones, ...(hasCodes ? { codes } : {}), warned }
}

export const lineOf = ({ first, rows }: PartColumns, index: number): number => rows?.[index] ?? first + index
export const linesOf = (columns: PartColumns): number[] =>
  columns.rows ?? columns.phones.map((_, index) => columns.first + index)
export const codeOf = ({ codes }: PartColumns, index: number): string | null => codes?.[index] ?? null

export const digitsOf = (phone: string): number => Number(phone.slice(1))
export const e164Of = (digits: number): string => `+${digits}`
