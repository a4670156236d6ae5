import type { Disposition } from '#shared/protocol/pools'
import type { HangupCause } from '../phone/phone'

/** What each cause looks like among a pool's dispositions: by code where the built-in set is used, else by flags. */
const CODES: Partial<Record<HangupCause, readonly string[]>> = {
  busy: ['busy', 'no-answer'],
  'no-answer': ['no-answer'],
  cancelled: ['no-answer'],
  rejected: ['rejected', 'busy', 'no-answer'],
  'invalid-number': ['wrong-number'],
}

/**
 * POOL-13: the disposition to preselect from how the call ended; null: the call says nothing about it (people talked, or
 * our own side failed). Never recorded unasked.
 */
export function suggestionFor(
  cause: HangupCause | null,
  wasAnswered: boolean,
  dispositions: readonly Disposition[],
): Disposition | null {
  if (cause === null || wasAnswered) return null
  const codes = CODES[cause]
  if (!codes) return null
  for (const code of codes) {
    const named = dispositions.find((disposition) => disposition.code === code)
    if (named) return named
  }
  if (cause === 'invalid-number')
    return dispositions.find((disposition) => disposition.flags.includes('wrong-number')) ?? null
  return (
    dispositions.find(
      (disposition) => disposition.flags.includes('retry') && !disposition.flags.includes('human-answered'),
    ) ?? null
  )
}

/** The look: dispositions that the call makes unlikely are paler, never hidden. */
export function isUnlikely(disposition: Pick<Disposition, 'flags'>, wasAnswered: boolean | null): boolean {
  if (wasAnswered === null) return false
  const isReached = disposition.flags.includes('reached') || disposition.flags.includes('human-answered')
  return wasAnswered ? !isReached : isReached && !disposition.flags.includes('do-not-call')
}

/** The grid of the look: Reached on one side, Not reached on the other, each in the pool's order. */
export function sides(dispositions: readonly Disposition[]): { reached: Disposition[]; notReached: Disposition[] } {
  const isReached = (disposition: Disposition) =>
    disposition.flags.includes('reached') || disposition.flags.includes('human-answered')
  return {
    reached: dispositions.filter(isReached),
    notReached: dispositions.filter((disposition) => !isReached(disposition)),
  }
}

/** A disposition's key is shown as its digit. */
export const keyWord = (hotkey: string | null): string | undefined =>
  hotkey ? hotkey.replace(/^(Digit|Key|Numpad)/, '') : undefined
