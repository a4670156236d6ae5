import { createHash } from 'node:crypto'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 20

/**
 * Decision 0145: the id of somebody who shares the number of `customerId` under their own user code: `c` and 100 bits of
 * SHA-256, the same in any pool. It needs no key: the id it is made from has one, so that neither can be turned back.
 */
export function personIdOf(customerId: string, userCode: string): string {
  const hash = createHash('sha256').update(`${customerId} ${userCode}`).digest()
  const bits = BigInt(`0x${hash.toString('hex')}`)
  const characters = Array.from({ length: CHARACTERS }, (_, n) => BASE32[Number((bits >> BigInt(251 - n * 5)) & 31n)])
  return `c${characters.join('')}`
}
