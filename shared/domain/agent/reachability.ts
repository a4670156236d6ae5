/** Unanswered challenges after which a telephone counts as not reachable. */
export const MOST_UNANSWERED = 2

/**
 * Whether an agent's telephone answers, not only its socket (PHONE-8, AGENT-2). A page that stands still keeps its socket, and would
 * be given customers and calls that nobody sees.
 *
 *   reachable ──a look, nothing heard lately──▶ asked once ──no answer──▶ asked twice ──no answer──▶ unreachable
 *       ▲───────────────── anything heard ◀──────────┴────────────────────────┴────────────────────────┘
 */
export type Reach = {
  /** What waits for its answer: since the first was asked, how many were, and until when the last is waited for. */
  challenge: { since: number; asked: number; dueAt: number } | null
  /** Since the first challenge that was not answered. */
  unreachableSince: number | null
  /** The last time it was not reachable, when that is over: what the agent is told. */
  spell: Spell | null
}
export type Spell = { since: number; until: number }
/** In ms. `everyMs`: from look to look. `freshMs`: who was heard so lately is not asked. `answerMs`: for each answer. */
export type Pace = { everyMs: number; freshMs: number; answerMs: number }
/** `asks`: a challenge is to be sent now. `nextAt`: when to look again. */
export type Look = { reach: Reach; asks: boolean; nextAt: number }

export const REACHABLE: Reach = { challenge: null, unreachableSince: null, spell: null }

/** `heardAt`: when anything came from the telephone last, as far as is known. */
export function look(before: Reach, heardAt: number | null, now: number, pace: Pace): Look {
  const waitsSince = before.challenge?.since ?? before.unreachableSince
  const reach = waitsSince !== null && heardAt !== null && heardAt > waitsSince ? heard(before, heardAt) : before
  const later = (next: Reach): Look => ({ reach: next, asks: false, nextAt: now + pace.everyMs })
  // what it was asked last still lies before it: its answer will tell
  if (reach.unreachableSince !== null) return later(reach)
  const { challenge } = reach
  if (challenge === null)
    return heardAt !== null && now - heardAt < pace.freshMs ? later(reach) : ask(reach, now, now, pace)
  if (challenge.dueAt > now) return { reach, asks: false, nextAt: challenge.dueAt }
  if (challenge.asked < MOST_UNANSWERED) return ask(reach, challenge.since, now, pace)
  return later({ ...reach, challenge: null, unreachableSince: challenge.since })
}

function ask(reach: Reach, since: number, now: number, { answerMs }: Pace): Look {
  const dueAt = now + answerMs
  return {
    reach: { ...reach, challenge: { since, asked: (reach.challenge?.asked ?? 0) + 1, dueAt } },
    asks: true,
    nextAt: dueAt,
  }
}

/** A call rang there since `ringsSince`, and the telephone has said nothing: that was the first challenge, and the second is due. */
export function silent(reach: Reach, ringsSince: number): Reach {
  if (reach.challenge !== null || reach.unreachableSince !== null) return reach
  return { ...reach, challenge: { since: ringsSince, asked: 1, dueAt: ringsSince } }
}

/** Anything came from it, or the agent did something. The same value: that was known. */
export function heard(reach: Reach, now: number): Reach {
  const { challenge, unreachableSince } = reach
  if (challenge === null && unreachableSince === null) return reach
  const spell =
    unreachableSince === null ? reach.spell : { since: unreachableSince, until: Math.max(now, unreachableSince) }
  return { challenge: null, unreachableSince: null, spell }
}
