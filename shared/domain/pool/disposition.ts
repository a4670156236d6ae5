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
  /** Offered to the agent with it; what is picked is kept with the attempt. */
  tags: string[]
  /** Not offered any more. What was said with it keeps its name, and one that a device still sends is booked. */
  retired?: boolean | undefined
}

export const has = (disposition: Pick<Disposition, 'flags'>, flag: Flag): boolean => disposition.flags.includes(flag)

/** What the desk offers, in the pool's order. */
export const offered = <D extends Pick<Disposition, 'retired'>>(dispositions: readonly D[]): D[] =>
  dispositions.filter((disposition) => !disposition.retired)

export function dispositionOf(dispositions: readonly Disposition[], code: string): Disposition | null {
  return dispositions.find((disposition) => disposition.code === code) ?? null
}
