import { expect, it } from 'vitest'
import { readMoved, writeMoved } from '#shared/domain/call/moved'

it('[SIP-4] who moved a call, and to whom, is read as it was written, in any script; what is broken is nothing', () => {
  for (const moved of [
    { by: 'Carol; Day', to: 'Şule "Şef" Öz' },
    { by: 'سارة', to: 'سارة' },
  ]) {
    const text = writeMoved(moved)
    expect(text).toMatch(/^[\x20-\x7e]+$/)
    expect(readMoved(text)).toEqual(moved)
  }
  for (const text of ['', 'by=x', 'to=x;by=y']) expect(readMoved(text)).toBeNull()
})
