/** POOL-21: what so long without a word makes of a customer, soonest first. */
export const AGE_STATUSES = ['does-not-exist', 'no-network', 'no-contact'] as const
export type AgeStatus = (typeof AGE_STATUSES)[number]
/** Nothing was ever said of this customer. The code is the one of the preset, so that both are one status. */
export const UNTOUCHED = 'untouched'
/** A disposition's code, one of the three of age, or untouched. */
export type Status = string

/** `months` without a word until each status; they rise. `ranks`: display rank by status, lower is more visible. */
export type AgeingSettings = { isOn: boolean; months: Record<AgeStatus, number>; ranks: Record<Status, number> }

export const DEFAULT_MONTHS: Readonly<Record<AgeStatus, number>> = {
  'does-not-exist': 3,
  'no-network': 6,
  'no-contact': 8,
}
export const DEFAULT_RANKS: Readonly<Record<Status, number>> = {
  'no-answer': 1,
  'hung-up': 2,
  [UNTOUCHED]: 3,
  interested: 4,
  'active-services': 10,
  'does-not-exist': 20,
  'no-network': 21,
  'no-contact': 22,
}
/** Of a status that no rank was given for: behind those that are worth a call, before those that are served. */
export const OTHER_RANK = 5

export function rankOf(status: Status, { ranks }: Pick<AgeingSettings, 'ranks'>): number {
  return ranks[status] ?? DEFAULT_RANKS[status] ?? OTHER_RANK
}

/** Where an entry stands in a list: its status, its rank, and when time alone makes another status of it. */
export type Standing = { status: Status; rank: number; agesAt: number | null }

/**
 * POOL-21: the last age that is reached counts, before what was last said; else the last disposition, else untouched.
 * Without ageing only what was said counts. `seenAt`: the last contact, or the last list that named the number.
 */
export function standingOf(
  { seenAt, lastDisposition }: { seenAt: number; lastDisposition: string | null },
  settings: AgeingSettings,
  now: number,
): Standing {
  const said = lastDisposition ?? UNTOUCHED
  if (!settings.isOn) return { status: said, rank: rankOf(said, settings), agesAt: null }
  let status: Status = said
  let agesAt: number | null = null
  for (const age of AGE_STATUSES) {
    const at = monthsAfter(seenAt, settings.months[age])
    if (at <= now) status = age
    else agesAt ??= at
  }
  return { status, rank: rankOf(status, settings), agesAt }
}

/** The same day and time so many calendar months on (UTC); the last day of the month where there is no such day. */
export function monthsAfter(at: number, months: number): number {
  const from = new Date(at)
  const day = from.getUTCDate()
  const to = new Date(at)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(day, lastDay))
  return to.getTime()
}

/** Settings as they count, where a pool says nothing; a pool made for contact ageing ages from the start. */
export function ageingOf(pool: {
  preset?: string | undefined
  ageing?: { isOn: boolean; months: Partial<Record<AgeStatus, number>>; ranks: Record<Status, number> } | undefined
}): AgeingSettings {
  const { isOn = pool.preset === 'contact-ageing', months = {}, ranks = {} } = pool.ageing ?? {}
  return { isOn, months: { ...DEFAULT_MONTHS, ...months }, ranks: { ...DEFAULT_RANKS, ...ranks } }
}

/** Three rising ages; a pool that says otherwise is refused. */
export function monthsRise(months: Readonly<Record<AgeStatus, number>>): boolean {
  return months['does-not-exist'] < months['no-network'] && months['no-network'] < months['no-contact']
}
