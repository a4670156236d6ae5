/** SIP-9: what those who are called see. */
export type Shown = { number: string | null; isWithheld: boolean }
type Rules = {
  agents: readonly { userId: string; shows: string }[]
  pools: readonly { poolId: string; shows: string }[]
}
/** No rule: the trunk's own number. */
export const TRUNKS_OWN: Shown = { number: null, isWithheld: false }

/**
 * By who calls, else by the pool whose customer is called, else the trunk's own number (null). A number counts only while it is one
 * of the deployment's (`owned`): a trunk that was removed takes its numbers with it.
 */
export function shownFor(rules: Rules, by: { userId: string; poolId: string | null }, owned: readonly string[]): Shown {
  const wishes = [
    rules.agents.find(({ userId }) => userId === by.userId)?.shows,
    rules.pools.find(({ poolId }) => poolId === by.poolId)?.shows,
  ]
  for (const wish of wishes) {
    if (wish === 'withheld') return { number: null, isWithheld: true }
    if (wish !== undefined && owned.includes(wish)) return { number: wish, isWithheld: false }
  }
  return TRUNKS_OWN
}

/** The number one trunk shows: the wished one where it is its own, or where it shows those of others too. */
export function shownBy(
  trunk: { callerNumber: string; numbers: readonly { number: string }[]; showsOthers: boolean },
  wish: Shown,
): string {
  const { number } = wish
  if (number === null) return trunk.callerNumber
  const isOwn = trunk.numbers.some((one) => one.number === number)
  return isOwn || trunk.showsOthers ? number : trunk.callerNumber
}
