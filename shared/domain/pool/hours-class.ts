import { GENERAL, type Lane } from './lane'

/**
 * POOL-18. Entries whose customers share zones and jurisdiction are of one *class*, and what hours may close stands in one
 * lane a class: `general@3`, `owned:alice@3`. So whether a class may be called is decided once when somebody pulls, an hour
 * that strikes moves no entry, and a pool of a million opens like one of ten. A promised call was asked for by the customer
 * (POOL-15): its lanes have no class. Class 0: not sorted yet.
 */
export const UNSORTED = 0

export const inClass = (lane: Lane, hoursClass: number): Lane =>
  hoursClass !== UNSORTED && (lane === GENERAL || lane.startsWith('owned:')) ? `${lane}@${hoursClass}` : lane

/** The class of a lane that hours may close; null: hours do not touch this lane. */
export function classOfLane(lane: Lane): number | null {
  const [base = '', hoursClass] = lane.split('@')
  if (base !== GENERAL && !base.startsWith('owned:')) return null
  return hoursClass === undefined ? UNSORTED : Number(hoursClass)
}
