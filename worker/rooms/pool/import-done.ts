import type { PartDone } from './import-findings'

/** New customers of a part nearly always have one arrival number after the other. */
type Kept = Omit<PartDone, 'made'> & { made: number[] | { from: number; count: number } }

export function packedDone(done: PartDone): string {
  const { made } = done
  const from = made[0]
  const isRun = from !== undefined && made.every((id, index) => id === from + index)
  const kept: Kept = isRun ? { ...done, made: { from, count: made.length } } : done
  return JSON.stringify(kept)
}

export function unpackedDone(text: string): PartDone {
  const kept = JSON.parse(text) as Kept
  const { made } = kept
  return { ...kept, made: Array.isArray(made) ? made : Array.from({ length: made.count }, (_, n) => made.from + n) }
}
