/** ISO 3166-1 alpha-2, as telephone numbers use them. */
const CODES =
  'AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW'.split(
    ' ',
  )

export function countryName(code: string, locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' }).of(code) ?? code
}

/** Every country by its name in the reader's language, in that language's order. */
export function countries(locale: string): { value: string; label: string; more: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'region', fallback: 'code' })
  const order = new Intl.Collator(locale)
  return CODES.map((value) => ({ value, label: names.of(value) ?? value, more: value })).sort((a, b) =>
    order.compare(a.label, b.label),
  )
}

export function timeZones(): { value: string; label: string }[] {
  return [...Intl.supportedValuesOf('timeZone'), 'UTC'].map((value) => ({ value, label: value.replaceAll('_', ' ') }))
}

/** A country's own zone where the browser knows it, else this device's: a proposal, shown to be changed. */
export function zoneOf(country: string): string {
  const place = new Intl.Locale('und', { region: country }) as Intl.Locale & {
    getTimeZones?: () => string[]
    timeZones?: string[]
  }
  const known = new Set(Intl.supportedValuesOf('timeZone'))
  const zones = (place.getTimeZones?.() ?? place.timeZones ?? []).filter((zone) => known.has(zone))
  const here = ownZone()
  return zones.includes(here) ? here : (zones[0] ?? here)
}
export const ownZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** The country this browser most likely sits in: its language's region, else its zone's. */
export function ownCountry(): string {
  const region = new Intl.Locale(navigator.language).region
  if (region && CODES.includes(region)) return region
  return CODES.find((code) => zoneOf(code) === ownZone()) ?? 'US'
}
