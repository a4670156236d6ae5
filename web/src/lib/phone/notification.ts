import { m } from '$lib/paraglide/messages'
import type { PhoneCall } from './phone'

let shown: Notification | null = null

/** PHONE-3: while the page is hidden the system says who calls; pressed, it brings the page forward. Null: no longer. */
export function announce(call: PhoneCall | null): void {
  shown?.close()
  shown = null
  if (call === null || !document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted')
    return
  try {
    shown = new Notification(call.name ?? call.number, {
      body: m.phone_rings_for_you(),
      tag: 'switchroom-call',
      requireInteraction: true,
    })
    shown.onclick = () => window.focus()
  } catch {
    // Android has notifications only through a service worker: the ring is heard all the same.
  }
}

/** Asked for in the gesture of going available, and only if it was never answered. */
export async function askToNotify(): Promise<void> {
  if ('Notification' in globalThis && Notification.permission === 'default')
    await Notification.requestPermission().catch(() => undefined)
}
