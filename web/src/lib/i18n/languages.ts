import type { Locale } from '$lib/paraglide/runtime'

/** Every language by its own name. */
export const LANGUAGES: readonly { value: Locale; label: string; lang: string }[] = [
  { value: 'en', label: 'English', lang: 'en' },
  { value: 'tr', label: 'Türkçe', lang: 'tr' },
  { value: 'es', label: 'Español', lang: 'es' },
  { value: 'ar', label: 'العربية', lang: 'ar' },
]
