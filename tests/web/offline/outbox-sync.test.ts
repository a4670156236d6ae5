import { expect, it } from 'vitest'
import type { SendReply } from '#shared/outbox/drain'
import { isUnsent, newItem, type OutboxItem } from '#shared/outbox/item'
import type { AgentCommand } from '#shared/protocol/commands'
import { OutboxSync, type SyncDeps, type SyncStatus } from '../../../web/src/lib/offline/outbox-sync'

/** A device with a fake clock: timers fire when the test says so. */
function device(replies: SendReply[]) {
  const stored = new Map<string, OutboxItem>()
  const timers: { run: () => void; ms: number }[] = []
  const statuses: SyncStatus[] = []
  const sent: AgentCommand[][] = []
  const deps: SyncDeps = {
    unsent: async () => [...stored.values()].filter(isUnsent),
    save: async (items) => items.forEach((item) => stored.set(item.id, item)),
    send: async (commands) => {
      sent.push(commands)
      return (
        replies.shift() ?? {
          kind: 'results',
          results: commands.map(({ id }) => ({ id, outcome: 'accepted' as const })),
        }
      )
    },
    now: () => 1_000_000,
    chance: () => 0,
    exclusively: (work) => work(),
    later: (run, ms) => {
      const timer = { run, ms }
      timers.push(timer)
      return () => timers.splice(timers.indexOf(timer), 1)
    },
    onStatus: (status) => statuses.push(status),
    onChanged: () => {},
  }
  let seq = 0
  const write = () => {
    const command: AgentCommand = {
      kind: 'skip-entry',
      id: `command-${++seq}`,
      at: 1,
      poolId: 'renewals',
      entryId: String(seq),
      token: 1,
      reason: 'asleep',
    }
    const item = newItem(
      {
        seq,
        subject: String(seq),
        isUrgent: false,
        command,
        about: { customerName: null, phone: '+12025550123', disposition: null },
      },
      1,
    )
    stored.set(item.id, item)
  }
  return {
    sync: new OutboxSync(deps),
    write,
    timers,
    statuses,
    sent,
    states: () => [...stored.values()].map((item) => item.state),
  }
}

it('[SYNC-3] the leader flushes at start, and backs off while nothing answers', async () => {
  const { sync, write, timers, statuses, states } = device([{ kind: 'unreachable' }, { kind: 'unreachable' }])
  write()
  sync.lead()
  await sync.flush()
  expect(statuses.at(-1)).toEqual({ phase: 'waiting', retryAt: 1_001_000 })
  timers.at(-1)!.run()
  await sync.flush()
  expect(statuses.at(-1)).toEqual({ phase: 'waiting', retryAt: 1_002_000 })
  timers.at(-1)!.run()
  await sync.flush()
  expect(states()).toEqual(['accepted'])
  expect(statuses.at(-1)).toEqual({ phase: 'idle' })
})

it('[SYNC-3] a returning network does not wait for the back-off, in the leading tab alone', async () => {
  const { sync, write, sent } = device([{ kind: 'unreachable', retryAfterMs: 60_000 }])
  write()
  await sync.flush()
  sync.wake()
  expect(sent).toHaveLength(1)
  sync.lead()
  await sync.flush()
  sync.wake()
  expect(sent).toHaveLength(2)
})

it('[SYNC-1] what is written during a flush goes out with it', async () => {
  const { sync, write, states } = device([])
  write()
  const first = sync.flush()
  write()
  await Promise.all([first, sync.flush()])
  expect(states()).toEqual(['accepted', 'accepted'])
})

it('[SYNC-2] a session that is over stops the sending, and says so', async () => {
  const { sync, write, timers, statuses, states } = device([{ kind: 'signed-out', code: 'session-expired' }])
  write()
  await sync.flush()
  expect(statuses.at(-1)).toEqual({ phase: 'signed-out', code: 'session-expired' })
  expect(timers).toHaveLength(0)
  expect(states()).toEqual(['waiting'])
})
