import { e164Of } from '#shared/domain/import/part-columns'

/**
 * The first row of every number of one import, in memory over its parts: 100,000 numbers are 5 MB here, and as rows were a
 * quarter of what it took to stage a list. Read again from the parts after a cold start, and when writes were undone.
 */
export class ImportNumbers {
  private readonly rows = new Map<number, number>()
  /** Numbers that came into the pool by other ways since the import was opened; null: not known. */
  private arrivals: Set<string> | null

  constructor(isOpenedNow: boolean) {
    this.arrivals = isOpenedNow ? new Set() : null
  }

  rowOf(digits: number): number | undefined {
    return this.rows.get(digits)
  }

  put(digits: number, row: number): void {
    this.rows.set(digits, row)
  }

  putLower(digits: number, row: number): void {
    const known = this.rows.get(digits)
    if (known === undefined || row < known) this.rows.set(digits, row)
  }

  /** Of the numbers of a part those that stand in the list already, or twice in the part. */
  repeatedAmong(phones: readonly number[]): Set<number> {
    const repeated = new Set<number>()
    const seen = new Set<number>()
    for (const digits of phones) {
      if (digits === 0) continue
      if (seen.has(digits) || this.rows.has(digits)) repeated.add(digits)
      seen.add(digits)
    }
    return repeated
  }

  arrived(phones: readonly string[]): void {
    for (const phone of phones) this.arrivals?.add(phone)
  }

  /** False: a number that was new when its row was staged is new still. */
  mayHaveArrived(phone: string): boolean {
    return this.arrivals === null || this.arrivals.has(phone)
  }

  /** Of these numbers those that the list has. */
  among(numbers: readonly string[]): string[] {
    return numbers.filter(
      (number) => e164Of(Number(number.slice(1))) === number && this.rows.has(Number(number.slice(1))),
    )
  }
}
