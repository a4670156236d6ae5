const LETTERS: Record<string, string> = {
  ı: 'i',
  ş: 's',
  ğ: 'g',
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
}

/** A username from a name, as people expect it: Ayşe Yılmaz → ayse.yilmaz. Empty where the script gives no Latin letters. */
export function usernameOf(name: string, taken: readonly string[]): string {
  const plain = name
    .toLocaleLowerCase('en')
    .replace(/[ışğßøæœłđðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
  const words = plain.split(/[^a-z0-9]+/).filter(Boolean)
  const made = (words.length > 1 ? `${words[0]}.${words.at(-1)}` : (words[0] ?? '')).slice(0, 28)
  if (made.length < 2) return ''
  if (!taken.includes(made)) return made
  for (let n = 2; ; n++) if (!taken.includes(`${made}${n}`)) return `${made}${n}`
}
export const isUsername = (value: string): boolean => /^[a-z0-9][a-z0-9._-]{1,31}$/.test(value)
