/** A trunk stands in calls as an AOR of its own: its legs are delivered to its TrunkRoom, not to an AgentRoom. */
const TRUNK_PREFIX = 'trunk-'
export const trunkAor = (trunkId: string): string => TRUNK_PREFIX + trunkId
export const isTrunk = (aor: string): boolean => aor.startsWith(TRUNK_PREFIX)
export const trunkIdOf = (aor: string): string => aor.slice(TRUNK_PREFIX.length)
/** The one "device" of a trunk. */
export const SBC = 'sbc'
