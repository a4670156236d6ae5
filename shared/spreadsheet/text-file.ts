import Papa from 'papaparse'
import type { Cell, Sheet } from '../domain/import/cell'

const ARABIC = new Set([
  'AE',
  'BH',
  'DJ',
  'DZ',
  'EG',
  'IQ',
  'JO',
  'KW',
  'LB',
  'LY',
  'MA',
  'MR',
  'OM',
  'PS',
  'QA',
  'SA',
  'SD',
  'SO',
  'SY',
  'TN',
  'YE',
])
const CYRILLIC = new Set(['BG', 'BY', 'KG', 'KZ', 'MK', 'RS', 'RU', 'UA'])
const CENTRAL_EUROPE = new Set(['AL', 'BA', 'CZ', 'HR', 'HU', 'PL', 'RO', 'SI', 'SK'])

/** What a spreadsheet of that country saves as plain "CSV", where the text is not Unicode. */
export function legacyEncodingOf(country: string): string {
  if (country === 'TR') return 'windows-1254'
  if (ARABIC.has(country)) return 'windows-1256'
  if (CYRILLIC.has(country)) return 'windows-1251'
  if (CENTRAL_EUROPE.has(country)) return 'windows-1250'
  if (country === 'GR' || country === 'CY') return 'windows-1253'
  if (country === 'IL') return 'windows-1255'
  return 'windows-1252'
}

/** By byte order mark; else UTF-8 where every byte agrees; else the country's old encoding. null: this is no text. */
export function decodeText(bytes: Uint8Array, country: string): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  if (bytes.subarray(0, 8_192).includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return new TextDecoder(legacyEncodingOf(country)).decode(bytes)
  }
}

/** Comma, semicolon, tab or bar, found by itself or said by a first line `sep=;`. Every cell is text: no zero is lost. */
export function sheetOfText(text: string, name: string): Sheet {
  const said = /^sep=(.)\r?\n/i.exec(text)
  const body = said ? text.slice(said[0].length) : text
  const { data } = Papa.parse<string[]>(body, {
    delimiter: said?.[1] ?? '',
    delimitersToGuess: [',', ';', '\t', '|'],
    skipEmptyLines: false,
  })
  return { name, firstRow: said ? 2 : 1, rows: data as Cell[][] }
}
