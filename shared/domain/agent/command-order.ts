/** What ordering needs to know of a command. */
export type Ordered = { poolId: string; entryId: string }

/**
 * SYNC-2, POOL-16: do-not-call goes first across different customers; the commands of one customer keep their order, so a
 * do-not-call takes along what the agent did for that customer before it. Returns positions in the given list.
 */
export function commandOrder<C extends Ordered>(commands: C[], isDoNotCall: (command: C) => boolean): number[] {
  const customer = ({ poolId, entryId }: Ordered) => `${poolId}:${entryId}`
  const lastDoNotCall = new Map<string, number>()
  commands.forEach((command, at) => {
    if (isDoNotCall(command)) lastDoNotCall.set(customer(command), at)
  })
  const positions = commands.map((_, at) => at)
  const isUrgent = (at: number) => at <= (lastDoNotCall.get(customer(commands[at]!)) ?? -1)
  return [...positions.filter(isUrgent), ...positions.filter((at) => !isUrgent(at))]
}

/** Runs of the same pool, so that one room is asked once for each run; the order within and between them stays. */
export function runsByPool<C extends Ordered>(commands: C[], order: number[]): number[][] {
  const runs: number[][] = []
  for (const at of order) {
    const run = runs.at(-1)
    if (run && commands[run[0]!]!.poolId === commands[at]!.poolId) run.push(at)
    else runs.push([at])
  }
  return runs
}
