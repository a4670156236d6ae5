import { describe, expect, it } from 'vitest'
import { live, lock, LOCK_MS, type EditLock, type LockStep } from '#shared/domain/pool/edit-lock'

const noon = Date.UTC(2026, 10, 20, 12)
const ask = (agentId: string, step: LockStep = 'open', lockId = `${agentId}-1`) => ({
  lockId,
  agentId,
  agentName: agentId,
  step,
})
const opened = (agentId: string, at = noon): EditLock => {
  const mine = lock(null, ask(agentId), at)
  if (!mine.ok) throw new Error(mine.refusal)
  return mine.value
}

describe('the editing lock', () => {
  it('[POOL-23] is one person’s until it lapses by itself', () => {
    const alices = opened('alice')
    expect(lock(alices, ask('carol'), noon + LOCK_MS - 1)).toEqual({ ok: false, refusal: 'being-edited' })
    expect(live(alices, noon + LOCK_MS)).toBeNull()
    expect(lock(alices, ask('carol'), noon + LOCK_MS)).toMatchObject({ ok: true, value: { agentId: 'carol' } })
  })

  it('[POOL-23] renewing keeps since when, and goes on from now', () => {
    expect(lock(opened('alice'), ask('alice', 'renew'), noon + 20_000)).toEqual({
      ok: true,
      value: { ...opened('alice'), expiresAt: noon + 20_000 + LOCK_MS },
    })
  })

  it('[POOL-23] can be taken over, and then the one before cannot renew it', () => {
    const carols = lock(opened('alice'), ask('carol', 'take-over'), noon + 1)
    expect(carols).toMatchObject({ ok: true, value: { agentId: 'carol', since: noon + 1 } })
    expect(carols.ok && lock(carols.value, ask('alice', 'renew'), noon + 2)).toMatchObject({ refusal: 'being-edited' })
  })

  it('[POOL-23] two windows of one person do not take it from each other by renewing', () => {
    const second = lock(opened('alice'), ask('alice', 'open', 'alice-2'), noon + 1)
    expect(second).toMatchObject({ ok: true, value: { lockId: 'alice-2' } })
    expect(second.ok && lock(second.value, ask('alice', 'renew'), noon + 2)).toMatchObject({ refusal: 'being-edited' })
  })
})
