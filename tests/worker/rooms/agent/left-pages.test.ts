import { describe, expect, it } from 'vitest'
import type { Env } from '#worker/env'
import { LeftPages } from '#worker/rooms/agent/left-pages'

/** Pages of one agent, and which calls were told that which of them went. */
function pagesOf(there: Set<string>) {
  const told: string[] = []
  const getByName = (callId: string) => ({
    orphaned: async (_aor: string, instance: string) => void told.push(`${callId} ${instance}`),
  })
  const env = { CALL: { getByName } } as unknown as Env
  const pages = new LeftPages({ env, userId: () => 'alice', isThere: (instance) => there.has(instance) })
  return { pages, told }
}

describe('[PHONE-9] pages that said they go', () => {
  it('are told to the calls they left, and to one that is heard of afterwards', async () => {
    const { pages, told } = pagesOf(new Set())
    await pages.gone(['laptop'], ['first'])
    await pages.heardOf('second')
    expect(told).toEqual(['first laptop', 'second laptop'])
  })

  it('are gone no more once their device is back: a cut of its network after that is no farewell', async () => {
    const there = new Set<string>()
    const { pages, told } = pagesOf(there)
    await pages.gone(['laptop', 'tablet'], [])
    there.add('laptop')
    pages.back()
    there.delete('laptop')
    await pages.heardOf('next')
    expect(told).toEqual(['next tablet'])
  })
})
