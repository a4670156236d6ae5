import { describe, expect, it, vi } from 'vitest'
import { IceServerBook } from '../../../web/src/lib/phone/ice-servers'

describe('[SIP-11] the servers a call takes', () => {
  const told = (expiresAt: number | null) => ({ ok: true, value: { iceServers: [{ urls: ['turn:a'] }], expiresAt } })

  it('are asked for at half of their time, and a call never waits', async () => {
    let now = 0
    const ask = vi.fn(() => Promise.resolve(told(now + 1_000)))
    const book = new IceServerBook(ask as never, () => now)
    expect(book.current).toEqual([])
    await book.renew()
    expect(book.current).toEqual([{ urls: ['turn:a'] }])
    now = 499
    expect(book.current).toHaveLength(1)
    expect(ask).toHaveBeenCalledTimes(1)
    now = 500
    expect(book.current).toHaveLength(1)
    await book.renew()
    expect(ask).toHaveBeenCalledTimes(2)
  })

  it('that cannot be had leave those that are known, and are asked for again', async () => {
    let now = 0
    let isDown = false
    const ask = vi.fn(() => Promise.resolve(isDown ? { ok: false, problem: { code: 'offline' } } : told(null)))
    const book = new IceServerBook(ask as never, () => now)
    await book.renew()
    isDown = true
    await book.renew()
    expect(book.current).toHaveLength(1)
    now = 30_000
    void book.current
    expect(ask).toHaveBeenCalledTimes(3)
  })
})
