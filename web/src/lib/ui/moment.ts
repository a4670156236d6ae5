/** BCP 47 tag for Intl: Arabic keeps Latin digits, as the look asks; 24 hours everywhere. */
const tag = (locale: string) => (locale === 'ar' ? 'ar-u-nu-latn' : locale === 'en' ? 'en-GB' : locale)
const cache = new Map<string, Intl.DateTimeFormat>()

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let one = cache.get(key)
  if (!one) cache.set(key, (one = new Intl.DateTimeFormat(tag(locale), { hourCycle: 'h23', ...options })))
  return one
}

/** A point in time in words: `short` leaves out what is the same as `now`; `whole` says everything, with the zone. */
export function moment(
  at: number,
  now: number,
  locale: string,
  zone?: string,
  length: 'short' | 'whole' = 'short',
): string {
  const timeZone = zone ? { timeZone: zone } : {}
  if (length === 'whole') return format(locale, { dateStyle: 'full', timeStyle: 'long', ...timeZone }).format(at)
  const day = format(locale, { year: 'numeric', month: 'numeric', day: 'numeric', ...timeZone })
  const clock = { hour: '2-digit', minute: '2-digit' } as const
  if (day.format(at) === day.format(now)) return format(locale, { ...clock, ...timeZone }).format(at)
  const date = { day: 'numeric', month: 'short' } as const
  const year = format(locale, { year: 'numeric', ...timeZone })
  if (year.format(at) === year.format(now)) return format(locale, { ...date, ...clock, ...timeZone }).format(at)
  return format(locale, { ...date, year: 'numeric', ...clock, ...timeZone }).format(at)
}

/** 1,204 · 1.204 · 1 204, in Latin digits. */
export function count(value: number, locale: string): string {
  const key = `#${locale}`
  let one = numbers.get(key)
  if (!one) numbers.set(key, (one = new Intl.NumberFormat(tag(locale))))
  return one.format(value)
}
/** 0.42 → 42 %, in the language's own form. */
export function percent(share: number, locale: string): string {
  const key = `%${locale}`
  let one = numbers.get(key)
  if (!one) numbers.set(key, (one = new Intl.NumberFormat(tag(locale), { style: 'percent', maximumFractionDigits: 0 })))
  return one.format(share)
}
const numbers = new Map<string, Intl.NumberFormat>()
