import type { Carrier } from './carrier'

/** The page /demo/telephone registers under this name; it stands for every customer's telephone. */
export const DEMO_TELEPHONE = 'guest-demo-telephone'

/** AORs of guests start with this: they have devices but no presence, no lease and no calls of their own. */
export const GUEST_PREFIX = 'guest-'
export const isGuest = (aor: string): boolean => aor.startsWith(GUEST_PREFIX)

/** With DEMO=1 and no trunk, a call to any number rings the demo telephone. */
export const demoCarrier: Carrier = {
  name: 'demo',
  route: () => ({ aor: DEMO_TELEPHONE }),
}
