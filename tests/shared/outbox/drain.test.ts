import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { drain, type DrainDeps, type SendReply } from '#shared/outbox/drain'
import { isUnsent, newItem, type OutboxItem } from '#shared/outbox/item'
import type { AgentCommand, CommandResult } from '#shared/protocol/commands'

const NOON = Date.UTC(2026, 10, 20, 12)
const SUBJECTS = ['erin', 'frank', 'gina', 'hugo']

/** A device: its stored items survive what its code does not. */
class Device {
  readonly stored = new Map<string, OutboxItem>()
  now = NOON
  write(seq: number, subject: string, isUrgent: boolean): OutboxItem {
    const command: AgentCommand = {
      kind: 'record-disposition',
      id: `command-${seq}`,
      at: this.now,
      poolId: 'renewals',
      entryId: subject,
      token: seq + 1,
      disposition: isUrgent ? 'do-not-call' : 'busy',
    }
    const item = newItem(
      { seq, subject, isUrgent, command, about: { customerName: null, phone: '+12025550123', disposition: null } },
      this.now,
    )
    this.stored.set(item.id, item)
    return item
  }
  deps(send: DrainDeps['send']): DrainDeps {
    return {
      unsent: async () => [...this.stored.values()].filter(isUnsent),
      save: async (items) => items.forEach((item) => this.stored.set(item.id, item)),
      send,
      now: () => this.now,
      chance: () => 0.5,
      batchSize: 5,
    }
  }
}

/** An edge that applies a command once whatever the retries, as the rooms do (SYNC-4). */
class Edge {
  readonly applied: AgentCommand[] = []
  private readonly replies = new Map<string, CommandResult>()
  constructor(private readonly decide: (command: AgentCommand) => CommandResult['outcome']) {}
  apply(commands: AgentCommand[]): CommandResult[] {
    return commands.map((command) => {
      const known = this.replies.get(command.id)
      if (known) return known.outcome === 'refused' ? known : { ...known, outcome: 'duplicate' }
      const outcome = this.decide(command)
      const reply: CommandResult =
        outcome === 'refused' ? { id: command.id, outcome, code: 'foreign-token' } : { id: command.id, outcome }
      this.applied.push(command)
      this.replies.set(command.id, reply)
      return reply
    })
  }
}

class Killed extends Error {}
type Weather = 'clear' | 'lost-before' | 'lost-after' | 'half-answer' | 'tab-killed' | 'later' | 'portal'

it('[SYNC-2] [SYNC-4] whatever the weather, every command is applied once, in its customer’s order, and none is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...SUBJECTS), fc.integer({ min: 0, max: 9 })), { minLength: 1, maxLength: 25 }),
      fc.array(
        fc.constantFrom<Weather>('clear', 'lost-before', 'lost-after', 'half-answer', 'tab-killed', 'later', 'portal'),
        { maxLength: 40 },
      ),
      fc.set(fc.integer({ min: 0, max: 24 })),
      async (deeds, weather, refusedOnes) => {
        const device = new Device()
        const edge = new Edge((command) => (refusedOnes.has(Number(command.id.split('-')[1])) ? 'refused' : 'accepted'))
        deeds.forEach(([subject, dice], seq) => device.write(seq, subject, dice === 0))
        const send = async (commands: AgentCommand[]): Promise<SendReply> => {
          switch (weather.shift() ?? 'clear') {
            case 'clear':
              return { kind: 'results', results: edge.apply(commands) }
            case 'lost-before':
            case 'portal':
              return { kind: 'unreachable' }
            case 'lost-after':
              edge.apply(commands)
              return { kind: 'unreachable' }
            case 'half-answer':
              return { kind: 'results', results: edge.apply(commands).slice(0, Math.ceil(commands.length / 2)) }
            case 'tab-killed':
              edge.apply(commands)
              throw new Killed()
            case 'later':
              return {
                kind: 'results',
                results: commands.map((command) => ({ id: command.id, outcome: 'refused', code: 'unavailable' })),
              }
          }
        }
        for (let round = 0; round < 200 && [...device.stored.values()].some(isUnsent); round++) {
          await drain(device.deps(send)).catch((fault: unknown) => {
            if (!(fault instanceof Killed)) throw fault
          })
          device.now += 60_000
        }

        expect(edge.applied.map((command) => command.id).sort()).toEqual([...device.stored.keys()].sort())
        for (const subject of SUBJECTS) {
          const seqs = edge.applied
            .filter((command) => command.entryId === subject)
            .map((command) => Number(command.id.split('-')[1]))
          expect(seqs).toEqual([...seqs].sort((one, other) => one - other))
        }
        for (const item of device.stored.values())
          expect(item.state).toBe(refusedOnes.has(item.seq) ? 'refused' : 'accepted')
      },
    ),
    { numRuns: 300 },
  )
})

it('[SYNC-3] a session that ended keeps everything and says so', async () => {
  const device = new Device()
  device.write(1, 'erin', false)
  const end = await drain(device.deps(async () => ({ kind: 'signed-out', code: 'session-expired' })))
  expect(end).toEqual({ ended: 'signed-out', sent: 0, code: 'session-expired' })
  expect(device.stored.get('command-1')).toMatchObject({ state: 'waiting', tries: 1 })
})

it('[SYNC-2] one command the edge cannot read is parked alone, the rest of its batch goes through', async () => {
  const device = new Device()
  const edge = new Edge(() => 'accepted')
  for (let seq = 0; seq < 4; seq++) device.write(seq, SUBJECTS[seq]!, false)
  const send = async (commands: AgentCommand[]): Promise<SendReply> =>
    commands.some((command) => command.id === 'command-2')
      ? { kind: 'rejected', code: 'too-large' }
      : { kind: 'results', results: edge.apply(commands) }
  expect(await drain(device.deps(send))).toMatchObject({ ended: 'empty', sent: 3 })
  expect([...device.stored.values()].map((item) => item.state)).toEqual(['accepted', 'accepted', 'refused', 'accepted'])
})

it('[SYNC-5] while it is on the wire an item shows one tick, and a lost answer takes it back to the clock', async () => {
  const device = new Device()
  device.write(1, 'erin', false)
  const seenStates: string[] = []
  await drain(
    device.deps(async () => {
      seenStates.push(device.stored.get('command-1')!.state)
      return { kind: 'unreachable', retryAfterMs: 4_000 }
    }),
  )
  expect(seenStates).toEqual(['sending'])
  expect(device.stored.get('command-1')!.state).toBe('waiting')
})
