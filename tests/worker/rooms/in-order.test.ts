import { describe, expect, it } from 'vitest'
import { InOrder } from '#worker/rooms/in-order'

const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe('tasks in order', () => {
  it('[SIP-3] a slow one is not overtaken, and a failed one holds nobody up', async () => {
    const done: string[] = []
    const order = new InOrder()
    const task = (name: string, ms: number, fails = false) =>
      order.run('call', async () => {
        await after(ms)
        done.push(name)
        if (fails) throw new Error(name)
      })
    const [ack, invite, bye] = await Promise.allSettled([task('ack', 30), task('invite', 10, true), task('bye', 0)])
    expect(done).toEqual(['ack', 'invite', 'bye'])
    expect([ack.status, invite.status, bye.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('another key does not wait', async () => {
    const done: string[] = []
    const order = new InOrder()
    await Promise.all([
      order.run('a', async () => (await after(30), void done.push('a'))),
      order.run('b', async () => void done.push('b')),
    ])
    expect(done).toEqual(['b', 'a'])
  })
})
