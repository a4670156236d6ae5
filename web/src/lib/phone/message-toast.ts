import { m } from '$lib/paraglide/messages'
import { toasts } from '$lib/ui/toast.svelte'
import { isolated } from '$lib/i18n/isolated'
import type { PhoneMessage } from './phone'

/** Long enough to read two lines in the middle of a call. */
const SHOWN_MS = 12_000
/** A tab that opens later is not told what was read elsewhere. */
const FRESH_MS = 5_000
const LONGEST = 280

/** SIP-5: a colleague's MESSAGE, quietly at the foot of the screen; nothing keeps it. */
export function showMessage({ from, text, at }: PhoneMessage, now: number): void {
  if (now - at > FRESH_MS) return
  const detail = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
  toasts.show(m.phone_message_from({ name: isolated(from) }), { detail: isolated(detail), tone: 'news', ms: SHOWN_MS })
}
