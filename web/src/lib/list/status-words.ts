import { AGE_STATUSES, UNTOUCHED } from '#shared/domain/pool/ageing'
import type { Disposition } from '#shared/protocol/pools'
import { locale } from '$lib/i18n/locale.svelte'
import { m } from '$lib/paraglide/messages'
import type { Hue } from '$lib/ui/hue'

const WORDS: Record<string, () => string> = {
  [UNTOUCHED]: m.list_status_untouched,
  'does-not-exist': m.list_status_does_not_exist,
  'no-network': m.list_status_no_network,
  'no-contact': m.list_status_no_contact,
}
/** A status is the pool's own disposition, untouched, or what age made of it. */
export function statusWord(status: string, dispositions: readonly Disposition[]): string {
  const own = dispositions.find((one) => one.code === status)
  return own?.labels[locale.current] ?? own?.labels.en ?? WORDS[status]?.() ?? status
}
export function statusHue(status: string, dispositions: readonly Disposition[]): Hue {
  if ((AGE_STATUSES as readonly string[]).includes(status)) return 'plain'
  const colour = dispositions.find((one) => one.code === status)?.colour
  return colour ?? 'plain'
}
