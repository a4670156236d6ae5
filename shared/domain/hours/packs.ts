import type { HolidayRule } from './holiday'
import { weekOf, type Week } from './hours'

/**
 * When a jurisdiction lets people be called, as data (POOL-18). The strictest of all that apply holds. These are the rules
 * for calls that sell or ask unasked; whoever runs a pool answers for which rules hold for it.
 */
export type Pack = {
  /** ISO 3166: a country, or a state of one. */
  code: string
  /** Of the data: raised with every change of it; receipts name it (POOL-20). */
  version: string
  /** `law`: written down by a legislator or regulator; `custom`: no such rule is known, what callers there keep to. */
  basis: 'law' | 'custom'
  /** Where it is written. */
  source: string
  week: Week
  /** Days on which nobody may be called. */
  holidays: readonly HolidayRule[]
}

const on = (month: number, day: number): HolidayRule => ({ month, day })
const MON = 0
const THU = 3

const NEW_YEAR = on(1, 1)
const LABOUR_DAY = on(5, 1)
const CHRISTMAS = on(12, 25)
const GOOD_FRIDAY: HolidayRule = { easter: -2 }
const EASTER_MONDAY: HolidayRule = { easter: 1 }

/** 5 U.S.C. § 6103(a). */
const FEDERAL: HolidayRule[] = [
  NEW_YEAR,
  { month: 1, weekday: MON, nth: 3 },
  { month: 2, weekday: MON, nth: 3 },
  { month: 5, weekday: MON, nth: -1 },
  on(6, 19),
  on(7, 4),
  { month: 9, weekday: MON, nth: 1 },
  { month: 10, weekday: MON, nth: 2 },
  on(11, 11),
  { month: 11, weekday: THU, nth: 4 },
  CHRISTMAS,
]
/** Code du travail, art. L3133-1. */
const FRENCH: HolidayRule[] = [
  NEW_YEAR,
  EASTER_MONDAY,
  LABOUR_DAY,
  on(5, 8),
  { easter: 39 },
  { easter: 50 },
  on(7, 14),
  on(8, 15),
  on(11, 1),
  on(11, 11),
  CHRISTMAS,
]
/** The national ones that no autonomous community replaces (Real Decreto 2001/1983, art. 45). */
const SPANISH: HolidayRule[] = [
  NEW_YEAR,
  on(1, 6),
  GOOD_FRIDAY,
  LABOUR_DAY,
  on(8, 15),
  on(10, 12),
  on(11, 1),
  on(12, 6),
  on(12, 8),
  CHRISTMAS,
]
/** Código de Trabajo (Ley 2), art. 148, the days off with pay. */
const COSTA_RICAN: HolidayRule[] = [
  NEW_YEAR,
  { easter: -3 },
  GOOD_FRIDAY,
  on(4, 11),
  LABOUR_DAY,
  on(7, 25),
  on(8, 15),
  on(9, 15),
  CHRISTMAS,
]
/** National public holidays that fall on the same day everywhere in Australia. */
const AUSTRALIAN: HolidayRule[] = [NEW_YEAR, on(1, 26), GOOD_FRIDAY, EASTER_MONDAY, on(4, 25), CHRISTMAS, on(12, 26)]

const pack = (
  code: string,
  version: string,
  source: string,
  week: Week,
  holidays: readonly HolidayRule[] = [],
  basis: Pack['basis'] = 'law',
): Pack => ({ code, version, basis, source, week, holidays })
const everyDay = (window: string): Week => weekOf(window, window, window)

/** By country; what a state adds is below. */
export const PACKS: readonly Pack[] = [
  // Telemarketing and Research Calls Industry Standard 2017, s. 8: no calls on Sundays and national public holidays.
  pack(
    'AU',
    '2025-11',
    'Telemarketing and Research Calls Industry Standard 2017, s. 8',
    weekOf('9:00-20:00', '9:00-17:00', null),
    AUSTRALIAN,
  ),
  // CRTC, Unsolicited Telecommunications Rules, Part III, s. 23.
  pack(
    'CA',
    '2025-11',
    'CRTC Unsolicited Telecommunications Rules, Part III, s. 23',
    weekOf('9:00-21:30', '10:00-18:00', '10:00-18:00'),
  ),
  // No window is written in Ley 7472 or Ley 8968; callers keep to working hours and Saturday until the afternoon.
  pack('CR', '2025-11', '–', weekOf('8:00-20:00', '8:00-17:00', null), COSTA_RICAN, 'custom'),
  // Ley General para la Defensa de los Consumidores (RDL 1/2007), art. 96.2: not before 9, after 21, on weekends or holidays.
  pack('ES', '2025-11', 'Real Decreto Legislativo 1/2007, art. 96.2', weekOf('9:00-21:00', null, null), SPANISH),
  // Décret n° 2022-1313 du 13 octobre 2022 (Code de la consommation, art. D223-9).
  pack(
    'FR',
    '2025-11',
    'Code de la consommation, art. D223-9 (décret n° 2022-1313)',
    weekOf('10:00-13:00 14:00-20:00', null, null),
    FRENCH,
  ),
  // TRAI, Telecom Commercial Communications Customer Preference Regulations 2018, Schedule II: time bands 21–10 are off by default.
  pack('IN', '2025-11', 'TRAI TCCCPR 2018, Schedule II (time bands)', everyDay('10:00-21:00')),
  // 6563 sayılı Kanun and its regulation ask for consent and set no window; callers keep to these.
  pack(
    'TR',
    '2025-11',
    '–',
    weekOf('9:00-20:00', '10:00-19:00', null),
    [NEW_YEAR, on(4, 23), LABOUR_DAY, on(5, 19), on(7, 15), on(8, 30), on(10, 29)],
    'custom',
  ),
  // Telemarketing Sales Rule and TCPA: 8 to 21 at the called party's location.
  pack('US', '2025-11', '16 CFR 310.4(c); 47 CFR 64.1200(c)(1)', everyDay('8:00-21:00')),
]

/** What a state adds to its country's rule; it holds for numbers of the state wherever the country's pack holds. */
export const STATE_PACKS: readonly Pack[] = [
  pack(
    'US-AL',
    '2025-11',
    'Ala. Code § 8-19A-14; Ala. Code § 8-19C',
    weekOf('8:00-20:00', '8:00-20:00', null),
    FEDERAL,
  ),
  pack('US-CT', '2025-11', 'Conn. Gen. Stat. § 42-288a', everyDay('9:00-20:00')),
  pack('US-FL', '2025-11', 'Fla. Stat. § 501.616(6)(a)', everyDay('8:00-20:00')),
  pack('US-KY', '2025-11', 'KRS 367.46955', everyDay('10:00-21:00')),
  pack(
    'US-LA',
    '2025-11',
    'La. R.S. 45:844.11 ff.; LPSC General Order on telephonic solicitation',
    weekOf('8:00-20:00', '8:00-20:00', null),
    FEDERAL,
  ),
  pack('US-MA', '2025-11', 'M.G.L. c. 159C § 3', everyDay('8:00-20:00')),
  pack('US-MD', '2025-11', 'Md. Code, Com. Law § 14-4502 (Stop the Spam Calls Act of 2023)', everyDay('8:00-20:00')),
  pack('US-MN', '2025-11', 'Minn. Stat. § 325E.30', everyDay('9:00-21:00')),
  pack('US-MS', '2025-11', 'Miss. Code § 77-3-723', weekOf('8:00-20:00', '8:00-20:00', null)),
  pack('US-NM', '2025-11', 'N.M. Stat. § 57-12-22', everyDay('9:00-21:00')),
  pack('US-NV', '2025-11', 'NRS 598.0918', everyDay('9:00-20:00')),
  pack('US-OK', '2025-11', 'Okla. Stat. tit. 15, § 775C.4(B)', everyDay('8:00-20:00')),
  pack('US-RI', '2025-11', 'R.I. Gen. Laws § 5-61-3.6', weekOf('9:00-18:00', '10:00-17:00', null), FEDERAL),
  pack('US-SD', '2025-11', 'SDCL 37-30A-3', weekOf('9:00-21:00', '9:00-21:00', null)),
  pack('US-TX', '2025-11', 'Tex. Bus. & Com. Code § 301.051', weekOf('9:00-21:00', '9:00-21:00', '12:00-21:00')),
  pack('US-UT', '2025-11', 'Utah Code § 13-25a-103', weekOf('8:00-21:00', '8:00-21:00', null), FEDERAL),
  pack('US-WA', '2025-11', 'RCW 80.36.390', everyDay('8:00-20:00')),
  pack('US-WY', '2025-11', 'Wyo. Stat. § 40-12-302', everyDay('8:00-20:00')),
]

const byCode = new Map([...PACKS, ...STATE_PACKS].map((one) => [one.code, one]))
export const packOf = (code: string): Pack | null => byCode.get(code) ?? null
