import { expect, it } from 'vitest'
import { begin } from '../../../web/src/lib/phone/call-progress'
import { followOrder } from '../../../web/src/lib/phone/ordered-merge'
import type { PhoneCall } from '../../../web/src/lib/phone/phone'

const call = (line: number, id: string, answeredAt: number | null = 1): PhoneCall => ({
  ...begin({ direction: 'outgoing', number: `${line}`, name: null, leaseId: null, line, answeredAt, id }, 1),
})

/** A telephone with these lines, the first in hand; what it was told is written down. */
function phone(...lines: PhoneCall[]) {
  const said: string[] = []
  const fake = {
    isOwner: true,
    isConference: false,
    call: lines[0] ?? null,
    others: lines.slice(1),
    swap: async (line?: number) => {
      said.push(`swap ${line}`)
      const all = [fake.call!, ...fake.others]
      fake.call = all.find((one) => one.line === line)!
      fake.others = all.filter((one) => one.line !== line)
    },
    merge: async (on: boolean) => {
      said.push(`merge ${on}`)
      fake.isConference = on
    },
  }
  return { fake, said }
}

it('[SIP-4] two calls are brought together by order, and apart again; a part of a call is that call', async () => {
  const { fake, said } = phone(call(1, 'one'), call(2, 'two.3'))
  await followOrder(fake, { callIds: ['two', 'one'], on: true })
  await followOrder(fake, { callIds: ['two', 'one'], on: true })
  await followOrder(fake, { callIds: ['one', 'two'], on: false })
  expect(said).toEqual(['merge true', 'merge false'])
})

it('[SIP-4] the two that are meant, whatever else is on hold', async () => {
  const { fake, said } = phone(call(1, 'one'), call(2, 'two'), call(3, 'three'))
  await followOrder(fake, { callIds: ['two', 'three'], on: true })
  expect(said).toEqual(['swap 2', 'swap 3', 'merge true'])
  expect([fake.call?.line, fake.others[0]?.line]).toEqual([3, 2])
})

it('[SIP-4] not in a tab that only mirrors, nor with a call that is not here or still rings', async () => {
  const mirror = phone(call(1, 'one'), call(2, 'two'))
  mirror.fake.isOwner = false
  await followOrder(mirror.fake, { callIds: ['one', 'two'], on: true })
  const ringing = phone(call(1, 'one'), call(2, 'two', null))
  await followOrder(ringing.fake, { callIds: ['one', 'two'], on: true })
  await followOrder(ringing.fake, { callIds: ['one', 'elsewhere'], on: true })
  expect([...mirror.said, ...ringing.said]).toEqual([])
})
