import { liveness, SET_BACK_MS, unique, type Granted, type HistoryEvent, type Violation } from './history-checker'

/** What agents of one pool saw; moments of all pools are in one order. */
export type PoolHistory = { pool: string; numberOf: (entryId: string) => string; events: HistoryEvent[] }
/** A call by hand: noted between `sent` and `answered`, over between `endSent` and the moment that was answered. */
export type CallSpan = { number: string; sent: number; answered: number; endSent: number }

type Hold = { pool: string; grant: Granted; isLive: (grant: Granted, at: Granted) => boolean }

/**
 * Judges the hold of numbers across pools and calls (POOL-1), as `judge` does one pool: a violation is told only where no
 * order of the two grants explains what was seen.
 */
export function judgeNumbers(histories: PoolHistory[], calls: CallSpan[]): Violation[] {
  const byNumber = new Map<string, Hold[]>()
  for (const { pool, numberOf, events } of histories) {
    const isLive = liveness(events, SET_BACK_MS)
    const grants = unique(events.filter((event): event is Granted => event.kind === 'granted'))
    for (const grant of grants) {
      const number = numberOf(grant.entryId)
      const holds = byNumber.get(number)
      if (holds) holds.push({ pool, grant, isLive })
      else byNumber.set(number, [{ pool, grant, isLive }])
    }
  }
  const twice = [...byNumber].flatMap(([number, holds]) =>
    holds.flatMap((a, index) =>
      holds.slice(index + 1).flatMap((b): Violation[] => {
        if (a.pool === b.pool || mayFollow(a, b) || mayFollow(b, a)) return []
        const who = [a, b].map(({ pool, grant }) => `${grant.agentId} in ${pool} (${grant.sent}–${grant.answered})`)
        return [{ rule: 'number-held-twice', says: `${number}: ${who.join(' and ')}` }]
      }),
    ),
  )
  const during = calls.flatMap((call) =>
    (byNumber.get(call.number) ?? [])
      .filter(({ grant }) => grant.sent > call.answered && grant.answered < call.endSent)
      .map(({ pool, grant }): Violation => ({
        rule: 'granted-during-call',
        says: `${call.number} to ${grant.agentId} in ${pool}`,
      })),
  )
  return [...twice, ...during]
}

/** Whether `b` can have been granted after `a`, with `a` over by then. */
const mayFollow = (a: Hold, b: Hold): boolean => a.grant.sent < b.grant.answered && !a.isLive(a.grant, b.grant)
