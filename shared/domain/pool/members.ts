/** Who was chosen for a pool: everyone, or people by hand and whole teams (POOL-9). */
export type Chosen = {
  members: 'everyone' | readonly string[]
  /** By hand; none: all of `members`, from before there were teams. */
  people?: readonly string[] | undefined
  teams?: readonly string[] | undefined
}

/**
 * POOL-9: all who may pull, each once: those by hand first, then the teams' in their order. A team that is gone counts for
 * nobody. `teamOf`: the members of a team, or undefined.
 */
export function membersOf(
  { members, people, teams = [] }: Chosen,
  teamOf: (id: string) => readonly string[] | undefined,
): 'everyone' | string[] {
  if (members === 'everyone') return 'everyone'
  return [...new Set([...(people ?? members), ...teams.flatMap((id) => teamOf(id) ?? [])])]
}

/** A change of who was chosen; what it does not name stays. Teams named for a pool of everyone close it to all others. */
export function chosenAfter(before: Chosen, change: { members?: Chosen['members']; teams?: readonly string[] }) {
  const had = before.members === 'everyone' && change.teams?.length ? [] : before.members
  const members = change.members ?? had
  if (members === 'everyone') return { members, people: [], teams: [] }
  const byHand = had === before.members ? (before.people ?? had) : had
  const people = change.members ?? byHand
  return { members: [...members], people: [...people], teams: [...(change.teams ?? before.teams ?? [])] }
}
