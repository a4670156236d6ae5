/** What the signalling says came of a call; the desk preselects a disposition by it (POOL-13), nobody books it unasked. */
export const HANGUP_CAUSES = [
  'answered',
  'busy',
  'no-answer',
  'rejected',
  'cancelled',
  'unreachable',
  'failed',
] as const
export type HangupCause = (typeof HANGUP_CAUSES)[number]
export type EndedBy = 'caller' | 'callee' | 'server'

export type CallEnding = {
  /** The final SIP status of the INVITE; null: none was sent or received. */
  sipStatus: number | null
  endedBy: EndedBy
  answered: boolean
  /** Whether the other side rang; when not known it is taken that it did. */
  rang?: boolean
}

/**
 * The hang-up cause of an ended call. After RFC 3261 §21: 486/600 busy, 603 (and 607/608, RFC 8197/8688) declined, 404/410/484/604
 * no such number, 408/480 no answer if it rang, else not reachable.
 */
export function causeOfEnding({ sipStatus, endedBy, answered, rang = true }: CallEnding): HangupCause {
  if (answered) return 'answered'
  if (endedBy === 'caller') return 'cancelled'
  switch (sipStatus) {
    case 486:
    case 600:
      return 'busy'
    case 603:
    case 607:
    case 608:
      return 'rejected'
    case 408:
    case 480:
      return rang ? 'no-answer' : 'unreachable'
    case 404:
    case 410:
    case 484:
    case 604:
      return 'unreachable'
    case 403:
      return endedBy === 'callee' ? 'rejected' : 'failed'
    default:
      return 'failed'
  }
}
