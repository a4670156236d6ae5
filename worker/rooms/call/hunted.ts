import type { B2bua } from '../../sip/b2bua/state'
import type { CallNews } from '../ports'
import type { CallFile } from './call-store'
import { newsOf, pictureOf } from './parts'

/** A call for a pool is the pool's until one of its agents answers; then it is theirs. */
export function answeredBy({ hunt }: B2bua, file: CallFile): CallFile {
  const winner = hunt?.rung.find(({ aor }) => aor === hunt.by)
  if (!winner || file.calleeAor === winner.aor) return file
  return { ...file, calleeAor: winner.aor, agent: { userId: winner.aor, name: winner.name } }
}

/** What each agent hears whom it rings or rang, but for who answered: while it rings, and once how it ended for them. */
export function huntedNews(state: B2bua, file: CallFile, now: number): { aor: string; news: Omit<CallNews, 'side'> }[] {
  const { hunt, call } = state
  return (hunt?.rung ?? [])
    .filter(({ aor }) => aor !== hunt?.by)
    .map(({ aor, left = call }) => ({ aor, news: newsOf(pictureOf(state, file, left), left, null, now) }))
}
