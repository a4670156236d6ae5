export type Flag =
  | 'reached'
  | 'human-answered'
  | 'completed'
  | 'positive'
  | 'do-not-call'
  | 'callback'
  | 'unreachable'
  | 'retry'
  | 'wrong-number'
export type Colour = 'blue' | 'green' | 'red' | 'yellow' | 'purple' | 'plain'
export type Labels = { en: string; tr: string; es: string; ar: string }

/** POOL-10: what an agent can say came of a try. Rules and reports read the flags, never the code. */
export type Disposition = {
  code: string
  labels: Labels
  flags: Flag[]
  colour: Colour
  /** KeyboardEvent.code. */
  hotkey: string | null
  retryDelayMinutes: number | null
  noteRequired: boolean
  callbackTimeRequired: boolean
  tags: string[]
}

export const has = (disposition: Pick<Disposition, 'flags'>, flag: Flag): boolean => disposition.flags.includes(flag)

export function dispositionOf(dispositions: readonly Disposition[], code: string): Disposition | null {
  return dispositions.find((disposition) => disposition.code === code) ?? null
}
