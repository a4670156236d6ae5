import { uuidv7 } from 'uuidv7'
import { createHash } from 'node:crypto'
import type { FirstStart } from './first-start'
import { Inside } from './inside'
import { DEMO_PEOPLE, DEMO_SCRIPT, demoRows } from './demo-customers'

type Lease = { lease: { token: number } | null; entry: { id: string; poolId: string } }

/** What came of the demo's first customers, so that every figure has something to show. */
const STORY: { who: 'alice' | 'bob'; disposition: string; note?: string; callbackInMs?: number; talkMs?: number }[] = [
  { who: 'alice', disposition: 'interested', note: 'Wants the offer by mail.', talkMs: 192_000 },
  { who: 'bob', disposition: 'no-answer' },
  { who: 'alice', disposition: 'reached', talkMs: 84_000 },
  { who: 'bob', disposition: 'busy' },
  { who: 'alice', disposition: 'not-interested', note: 'Has another provider.', talkMs: 41_000 },
  { who: 'bob', disposition: 'interested', talkMs: 260_000 },
  { who: 'alice', disposition: 'call-back', note: 'After lunch, please.', callbackInMs: 2 * 3600_000, talkMs: 35_000 },
  { who: 'bob', disposition: 'call-back', callbackInMs: 26 * 3600_000, talkMs: 22_000 },
  { who: 'alice', disposition: 'rejected' },
  { who: 'bob', disposition: 'voicemail' },
  { who: 'alice', disposition: 'wrong-number' },
  { who: 'bob', disposition: 'do-not-call', note: 'Asked not to be called.', talkMs: 12_000 },
  { who: 'alice', disposition: 'no-answer' },
  { who: 'bob', disposition: 'reached', talkMs: 66_000 },
]

/** The demo: a pool of 40 customers with fictional numbers, four people, attempts in every state. Made through the API. */
export async function seedDemo(start: FirstStart, password: string): Promise<void> {
  const admin = await new Inside(start.inside, start.proxySecret).signIn('admin', password)
  for (const person of DEMO_PEOPLE)
    await admin.ask('POST', '/api/users', { ...person, password, mustChangePassword: false })
  const pool = await admin.ask<{ id: string }>('POST', '/api/pools', {
    name: 'Renewals · United Kingdom',
    country: 'GB',
    timeZone: 'Europe/London',
    preset: 'telecalling',
    members: 'everyone',
    script: DEMO_SCRIPT,
  })
  await importRows(admin, pool.id)

  const signedIn = async (username: string) => new Inside(start.inside, start.proxySecret).signIn(username, password)
  const people = { alice: await signedIn('alice'), bob: await signedIn('bob') }
  for (const person of Object.values(people)) {
    await person.ask('PATCH', '/api/me', { dialWith: 'handset' })
    await person.ask('PUT', '/api/me/state', { state: 'available' })
  }
  for (const step of STORY) await work(people[step.who], pool.id, step)
  for (const person of Object.values(people)) {
    await person.ask('PUT', '/api/me/state', { state: 'offline' })
    await person.ask('PATCH', '/api/me', { dialWith: 'auto' })
  }
  await holdAndPause(await signedIn('supervisor'), pool.id)
}

async function importRows(admin: Inside, poolId: string): Promise<void> {
  const rows = demoRows()
  const sha256 = createHash('sha256').update(JSON.stringify(rows)).digest('hex')
  const opened = await admin.ask<{ id: string }>('POST', `/api/pools/${poolId}/imports`, {
    fileName: 'demo.xlsx',
    sha256,
    rowCount: rows.length,
    policy: 'merge',
  })
  await admin.ask('PUT', `/api/imports/${opened.id}/chunks/0`, { rows })
  await admin.ask('POST', `/api/imports/${opened.id}/commit`)
}

async function work(person: Inside, poolId: string, step: (typeof STORY)[number]): Promise<void> {
  const held = await person.ask<Lease>('POST', `/api/pools/${poolId}/pulls`, {})
  if (!held.lease) throw new Error('the demo pool ran dry')
  const at = Date.now()
  const { results } = await person.ask<{ results: { outcome: string; code?: string }[] }>('POST', '/api/commands', {
    commands: [
      {
        id: uuidv7(),
        kind: 'record-disposition',
        at,
        poolId,
        entryId: held.entry.id,
        token: held.lease.token,
        disposition: step.disposition,
        note: step.note,
        talkMs: step.talkMs,
        ...(step.callbackInMs ? { callbackAt: at + step.callbackInMs, callbackFor: 'me' } : {}),
      },
    ],
  })
  if (results[0]?.outcome !== 'accepted')
    throw new Error(`the demo's ${step.disposition} was ${JSON.stringify(results[0])}`)
}

/** One customer in a supervisor's hands, one put aside: leased and paused are not 0 either. */
async function holdAndPause(supervisor: Inside, poolId: string): Promise<void> {
  await supervisor.ask('PATCH', '/api/me', { dialWith: 'handset' })
  await supervisor.ask('PUT', '/api/me/state', { state: 'available' })
  await supervisor.ask('POST', `/api/pools/${poolId}/pulls`, {})
  await supervisor.ask('POST', `/api/pools/${poolId}/entries/40/pause`, { reason: 'Asks for a contract first' })
  await supervisor.ask('PATCH', '/api/me', { dialWith: 'auto' })
}
