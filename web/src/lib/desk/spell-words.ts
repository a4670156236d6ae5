import type { Spell } from '#shared/domain/agent/reachability'

/** How long it lasted, in words: 40 seconds; from two minutes on, 2 minutes. */
export function spellWords({ since, until }: Spell, language: string): string {
  const seconds = Math.max(1, Math.round((until - since) / 1000))
  const [value, unit] = seconds < 120 ? [seconds, 'second'] : [Math.round(seconds / 60), 'minute']
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value!)
}
