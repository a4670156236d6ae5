import { clock } from '$lib/ui/clock.svelte'
import { duration } from '$lib/ui/duration'
import type { PhoneCall } from './phone'

/** How long a call has been what it is now, 2:47; ticks. Phones keep this machine's time, not the server's. */
export const sinceOf = (call: PhoneCall): string => (void clock.now, duration(Math.max(0, Date.now() - call.since)))
