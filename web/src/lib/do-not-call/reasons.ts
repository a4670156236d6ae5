import { m } from '$lib/paraglide/messages'

const WORDS: Record<string, () => string> = {
  'phone-rounded': m.import_reason_phone_rounded,
  'phone-short': m.import_reason_phone_short,
  'phone-invalid': m.import_reason_phone_invalid,
  'phone-missing': m.import_reason_phone_missing,
  'beginning-without-country': m.dnc_reason_beginning,
}
export const reasonWord = (reason: string): string => (WORDS[reason] ?? m.import_reason_phone_invalid)()
