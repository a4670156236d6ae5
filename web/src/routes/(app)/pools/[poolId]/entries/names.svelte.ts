import { listImports, listPeople } from '../../pool-api'
import { readFacets } from './entry-api'

/** What ids of a pool's list stand for: who people are, which file a list came in; and the tags there are. */
export class Names {
  people = $state.raw(named([]))
  lists = $state.raw(named([]))
  tags = $state.raw<string[]>([])

  load(poolId: string): void {
    void listPeople().then((reply) => {
      if (reply.ok) this.people = named(reply.value.items.map((one) => [one.id, one.name]))
    })
    void listImports(poolId).then((reply) => {
      if (reply.ok) this.lists = named(reply.value.items.map((one) => [one.id, one.fileName]))
    })
    void this.loadTags(poolId)
  }
  async loadTags(poolId: string): Promise<void> {
    const reply = await readFacets(poolId)
    if (reply.ok) this.tags = reply.value.tags
  }
}

function named(pairs: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(pairs)
}
