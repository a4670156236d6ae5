import { baseLocale, isLocale, overwriteGetLocale, overwriteSetLocale, type Locale } from '$lib/paraglide/runtime'

/**
 * LOOK-3: the language as reactive state: every message read in a template follows it, without a reload.
 * Order: what this person chose, else the browser's language, else English.
 */
class LocaleState {
  current = $state<Locale>(initial())
  get direction(): 'rtl' | 'ltr' {
    return this.current === 'ar' ? 'rtl' : 'ltr'
  }
  /** BCP 47 tag for Intl: Latin digits in Arabic, as the look asks. */
  get tag(): string {
    return this.current === 'ar' ? 'ar-u-nu-latn' : this.current
  }
  set(locale: Locale): void {
    this.current = locale
    localStorage.setItem('language', locale)
    document.documentElement.lang = locale
    document.documentElement.dir = this.direction
  }
}

function initial(): Locale {
  const shown = typeof document === 'undefined' ? baseLocale : document.documentElement.lang
  return isLocale(shown) ? shown : baseLocale
}

export const locale = new LocaleState()
// Chosen in another tab of this browser: this one follows.
if (typeof window !== 'undefined')
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === 'language' && isLocale(newValue)) locale.set(newValue)
  })
overwriteGetLocale(() => locale.current)
overwriteSetLocale((next) => {
  if (isLocale(next)) locale.set(next)
})
