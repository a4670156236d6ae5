/**
 * What kind of number it is, by libphonenumber's types (worker/dialling reads them). Satellite and international networks have
 * calling codes of their own, which ITU-T E.164.1 gives out: +870 Inmarsat, +881 mobile satellite systems, +882 and +883
 * international networks.
 */
export const NUMBER_KINDS = [
  'fixed',
  'mobile',
  'toll-free',
  'voip',
  'uan',
  'premium-rate',
  'shared-cost',
  'personal',
  'pager',
  'voicemail',
  'satellite',
  'international-network',
  'unknown',
] as const
export type NumberKind = (typeof NUMBER_KINDS)[number]

/** `country`: ISO 3166; null: of no country (satellites, international services). */
export type NumberFacts = { country: string | null; kind: NumberKind }

export function kindOfCallingCode(callingCode: string): NumberKind | null {
  if (callingCode === '870' || callingCode === '881') return 'satellite'
  if (callingCode === '882' || callingCode === '883') return 'international-network'
  if (callingCode === '979') return 'premium-rate'
  if (callingCode === '808') return 'shared-cost'
  return null
}
