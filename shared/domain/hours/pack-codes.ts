/** Countries there is a pack for; its states' rules come with it. Beside packs.ts so that a check needs no more than this. */
export const PACK_CODES = ['AU', 'CA', 'CR', 'ES', 'FR', 'IN', 'TR', 'US'] as const
export const hasPack = (country: string): boolean => (PACK_CODES as readonly string[]).includes(country)
export type PackCode = (typeof PACK_CODES)[number]
