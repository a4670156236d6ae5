import { expect, it } from 'vitest'
import type { AgentCommand } from '#shared/protocol/commands'
import { sendCommands } from '../../../web/src/lib/offline/command-sender'

const commands: AgentCommand[] = [
  {
    kind: 'skip-entry',
    id: '0190f2a0-0000-7000-8000-000000000001',
    at: 1,
    poolId: 'renewals',
    entryId: '1',
    token: 1,
    reason: 'asleep',
  },
]
const answering = (body: string, init: ResponseInit = {}) =>
  sendCommands(commands, async () => new Response(body, init))
const refusal = (code: string, status: number, headers: Record<string, string> = {}) =>
  answering(JSON.stringify({ type: 'about:blank', title: 'no', status, code, requestId: 'r' }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })

it('[SYNC-4] results in our own words are results', async () => {
  const results = [{ id: commands[0]!.id, outcome: 'accepted' }]
  expect(await answering(JSON.stringify({ results }))).toEqual({ kind: 'results', results })
})

it('[SYNC-3] a captive portal’s page, a proxy’s error, a redirect or another program’s JSON are no answer', async () => {
  expect(await answering('<html>Welcome to Hotel Wi-Fi</html>', { headers: { 'content-type': 'text/html' } })).toEqual({
    kind: 'unreachable',
  })
  expect(await answering('<html>502 Bad Gateway</html>', { status: 502 })).toEqual({ kind: 'unreachable' })
  expect(await answering('', { status: 302, headers: { location: 'http://login.hotel/' } })).toEqual({
    kind: 'unreachable',
  })
  expect(await answering('{"hello":"world"}')).toEqual({ kind: 'unreachable' })
  expect(await answering('{"error":"not ours"}', { status: 401 })).toEqual({ kind: 'unreachable' })
  expect(
    await sendCommands(commands, async () => {
      throw new TypeError('Failed to fetch')
    }),
  ).toEqual({ kind: 'unreachable' })
})

it('[SYNC-2] a session that is over keeps the work; our own 5xx and 429 wait as long as they ask', async () => {
  expect(await refusal('session-expired', 401)).toEqual({ kind: 'signed-out', code: 'session-expired' })
  expect(await refusal('account-disabled', 403)).toEqual({ kind: 'signed-out', code: 'account-disabled' })
  expect(await refusal('internal', 500)).toEqual({ kind: 'unreachable' })
  expect(await refusal('too-many-requests', 429, { 'retry-after': '7' })).toEqual({
    kind: 'unreachable',
    retryAfterMs: 7_000,
  })
  expect(await refusal('too-large', 413)).toEqual({ kind: 'rejected', code: 'too-large' })
})
