import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandOrder, runsByPool } from '#shared/domain/agent/command-order'

type Command = { poolId: string; entryId: string; dnc: boolean }
const of = (poolId: string, entryId: string, dnc = false): Command => ({ poolId, entryId, dnc })
const order = (commands: Command[]) => commandOrder(commands, (command) => command.dnc)

describe('[SYNC-2] the order of commands', () => {
  it('puts do-not-call before the other customers', () => {
    expect(order([of('p', '1'), of('p', '2', true), of('q', '3')])).toEqual([1, 0, 2])
  })

  it('keeps the order of one customer: what was done before goes along', () => {
    expect(order([of('p', '9'), of('p', '1'), of('p', '1', true), of('p', '1')])).toEqual([1, 2, 0, 3])
  })

  it('asks a pool once for a run of its commands', () => {
    const commands = [of('p', '1'), of('p', '2'), of('q', '1'), of('p', '3')]
    expect(runsByPool(commands, order(commands))).toEqual([[0, 1], [2], [3]])
  })

  it('is a permutation that never reorders one customer', () => {
    const command = fc.record({
      poolId: fc.constantFrom('p', 'q'),
      entryId: fc.constantFrom('1', '2', '3'),
      dnc: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const positions = order(commands)
        expect([...positions].sort((a, b) => a - b)).toEqual(commands.map((_, at) => at))
        for (const who of new Set(commands.map((one) => one.poolId + one.entryId))) {
          const mine = positions.filter((at) => commands[at]!.poolId + commands[at]!.entryId === who)
          expect(mine).toEqual([...mine].sort((a, b) => a - b))
        }
        // nothing that is not needed for a do-not-call stands before one
        const last = positions.findLastIndex((at) => commands[at]!.dnc)
        for (const at of positions.slice(0, last + 1)) {
          const { poolId, entryId } = commands[at]!
          expect(
            commands.some((one, later) => later >= at && one.dnc && one.poolId === poolId && one.entryId === entryId),
          ).toBe(true)
        }
      }),
    )
  })
})
