/** U+200B…U+200F, U+202A…U+202E, U+2060…U+2069 and the byte order mark: copied along with numbers from phone books. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]/g

/** Letters, digits and usual signs with single spaces between them: most cells, and nothing to clean about them. */
const CLEAN = /^[\u0021-\u007e\u00a1-\u00ac\u00ae-\u167f]+(?: [\u0021-\u007e\u00a1-\u00ac\u00ae-\u167f]+)*$/

/** One line of clean text: no invisible marks, single spaces, trimmed; hidden control characters become spaces. */
export function cleanLine(text: string): string {
  if (text === '' || CLEAN.test(text)) return text
  return text
    .replace(INVISIBLE, '')
    .replace(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
}

/** Text that may keep its line breaks, such as a note. */
export function cleanText(text: string): string {
  if (text === '' || (CLEAN.test(text) && !text.includes('_'))) return text
  return text
    .replace(INVISIBLE, '')
    .replace(/\r\n?|_x000d_\n?/gi, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .trim()
}

/** Arabic-Indic, Persian and full-width digits and plus signs as ASCII. */
export function asciiDigits(text: string): string {
  if (/^[\u0000-\u007f]*$/.test(text)) return text
  return text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
    .replace(/[０-９]/g, (digit) => String(digit.charCodeAt(0) - 0xff10))
    .replace(/[＋﬩]/g, '+')
}

/**
 * A header as it is compared: no case, accents, spaces or signs. Turkish dotted and dotless i are one letter (`SOYADI`,
 * `Soyadı`), Arabic loses its vowel marks, tatweel and the forms of alif, and ta marbuta reads as ha.
 */
export function foldHeader(text: string): string {
  return asciiDigits(text)
    .replace(/[İIı]/g, 'i')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ة/g, 'ه')
    .replace(/[ىی]/g, 'ي')
    .replace(/ک/g, 'ك')
    .replace(/[^\p{L}\p{N}]+/gu, '')
}
