const bareOf = (written: string) => written.replace(/[\s().\-\u2010-\u2015\u200e\u200f/]/g, '').replace(/^00/, '+')

/** As people write it → E.164, or null: spaces, dashes, brackets and 00 are theirs; a country code is a must. */
export function e164Of(written: string): string | null {
  const bare = bareOf(written)
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null
}

/** The same, or the beginning of numbers with a star at its end. */
export function valueOf(written: string): string | null {
  const bare = bareOf(written)
  return e164Of(written) ?? (/^\+[1-9]\d{0,13}\*$/.test(bare) ? bare : null)
}
