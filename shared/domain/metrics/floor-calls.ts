/** How many ended calls the floor keeps beside the live ones (FLOOR-1). */
export const KEEP_ENDED = 50

export type CallOnFloor = { callId: string; startedAt: number; endedAt: number | null }

/** FLOOR-1: ids of the ended calls past the newest `keep`, to be forgotten by the room and by every viewer alike. */
export function endedPast<C extends CallOnFloor>(calls: Iterable<C>, keep = KEEP_ENDED): string[] {
  return endedNewestFirst(calls)
    .slice(keep)
    .map((call) => call.callId)
}

export function endedNewestFirst<C extends CallOnFloor>(calls: Iterable<C>): C[] {
  return [...calls]
    .filter((call) => call.endedAt !== null)
    .sort((a, b) => b.endedAt! - a.endedAt! || (a.callId < b.callId ? 1 : -1))
}

export function liveLongestFirst<C extends CallOnFloor>(calls: Iterable<C>): C[] {
  return [...calls]
    .filter((call) => call.endedAt === null)
    .sort((a, b) => a.startedAt - b.startedAt || (a.callId < b.callId ? -1 : 1))
}
