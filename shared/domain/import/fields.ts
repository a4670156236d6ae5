import { asciiDigits, cleanLine, foldHeader } from './text'

/** A stop against typing slips, not a grammar: RFC 5321 is wider than what mail servers take. */
const EMAIL = /^[^\s@<>(),;:"]{1,64}@[^\s@<>(),;:"]{1,190}\.[^\s@<>(),;:".]{2,63}$/
export function readEmail(text: string): string | null {
  const email = cleanLine(text).replace(/^mailto:/i, '')
  return EMAIL.test(email) ? email : null
}

const PRIORITY_WORDS = new Map(
  Object.entries({
    10: ['high', 'urgent', 'yüksek', 'acil', 'alta', 'alto', 'urgente', 'عالي', 'عالية', 'مرتفع', 'عاجل'],
    0: ['normal', 'medium', 'orta', 'media', 'medio', 'عادي', 'متوسط', 'متوسطة'],
    [-10]: ['low', 'düşük', 'baja', 'bajo', 'منخفض', 'منخفضة'],
  }).flatMap(([value, words]) => words.map((word) => [foldHeader(word), Number(value)] as const)),
)
/** POOL-2: −100…100, high first; words in our languages are ±10 and 0. */
export function readPriority(text: string): number | null {
  const line = asciiDigits(cleanLine(text)).replace(/^(-?\d+)[.,]0+$/, '$1')
  if (/^[+-]?\d{1,3}$/.test(line)) return Math.abs(Number(line)) <= 100 ? Number(line) : null
  return PRIORITY_WORDS.get(foldHeader(line)) ?? null
}

const LANGUAGE_WORDS = new Map(
  Object.entries({
    en: ['english', 'ingilizce', 'inglés', 'الانجليزية', 'انجليزي', 'الإنجليزية', 'eng'],
    tr: ['turkish', 'türkçe', 'turco', 'التركية', 'تركي', 'tur'],
    es: ['spanish', 'ispanyolca', 'español', 'castellano', 'الاسبانية', 'اسباني', 'الإسبانية', 'spa'],
    ar: ['arabic', 'arapça', 'árabe', 'العربية', 'عربي', 'ara'],
    fr: ['french', 'fransızca', 'francés', 'français', 'الفرنسية'],
    de: ['german', 'almanca', 'alemán', 'deutsch', 'الالمانية'],
    ru: ['russian', 'rusça', 'ruso', 'русский', 'الروسية'],
  }).flatMap(([code, words]) => words.map((word) => [foldHeader(word), code] as const)),
)
/** A BCP 47 tag (`tr`, `es-CR`) or a language's name in our languages → its tag, in canonical case. */
export function readLanguage(text: string): string | null {
  const line = cleanLine(text)
  const named = LANGUAGE_WORDS.get(foldHeader(line))
  if (named) return named
  if (!/^[a-z]{2,3}(?:[-_][a-z\d]{2,8}){0,2}$/i.test(line)) return null
  try {
    return Intl.getCanonicalLocales(line.replaceAll('_', '-'))[0] ?? null
  } catch {
    return null
  }
}

/** An IANA zone this runtime knows, as the list wrote it but for its case. */
export function readTimeZone(text: string): string | null {
  const line = cleanLine(text).replaceAll(' ', '_')
  if (line.length > 64 || !/^[A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){0,2}$/.test(line)) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: line }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

/** Split at commas, semicolons and bars; 60 characters each, 20 of them, none twice. */
export function readTags(text: string): string[] {
  const tags = text.split(/[,;|\n،؛]/).map((tag) => cleanLine(tag).slice(0, 60))
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, 20)
}
