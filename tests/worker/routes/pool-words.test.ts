import { env } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { PRESETS } from '#shared/domain/pool/presets'
import type { Problem } from '#shared/protocol/problem'
import type { PromisedCall } from '#shared/protocol/pool-talk'
import type { Pool, PoolView } from '#shared/protocol/pools'
import { attemptPage } from '#shared/protocol/attempts'
import { poolRoom } from '#worker/rooms/doors'
import { lease, said } from '#tests/support/workerd/pool'
import { makePool } from '#tests/support/workerd/pools'
import { api, signedIn, type Person } from '#tests/support/workerd/people'

let carol: Person
let alice: Person
beforeAll(async () => {
  carol = await signedIn('supervisor', 'carol')
  alice = await signedIn('agent', 'alice')
})
const asAlice = () => ({ userId: alice.id, name: alice.name, role: 'agent' as const })
const telecalling = PRESETS.telecalling.dispositions
const put = (pool: Pick<Pool, 'id' | 'version'>, path: string, body: Record<string, unknown>, as = carol) =>
  api(`/api/pools/${pool.id}/${path}`, { method: 'PUT', as, body: { version: pool.version, ...body } })
async function problemOf(answer: Promise<Response>): Promise<[string, string[]]> {
  const { code, errors } = await (await answer).json<Problem>()
  return [code, (errors ?? []).map(({ field, message }) => `${field}: ${message}`)]
}

describe('a pool’s dispositions over HTTP', () => {
  it('[POOL-10] are saved as a set, told to the pool, and are what its desk offers', async () => {
    const pool = await makePool([alice.id], 1)
    const quote = { ...telecalling[0]!, code: 'wants-a-quote', hotkey: 'KeyQ', tags: ['gold'] }
    const answer = await put(pool, 'dispositions', { dispositions: [quote, ...telecalling] })
    expect(answer.status).toBe(200)
    expect((await answer.json<PoolView>()).version).toBe(2)
    const view = await lease(poolRoom(env, pool.id), asAlice())
    expect(view.pool.dispositions[0]).toMatchObject({ code: 'wants-a-quote', tags: ['gold'] })
  })

  it('[POOL-10] a set that cannot work is refused with what is wrong of it, and nothing is saved', async () => {
    const pool = await makePool([alice.id], 0)
    const twice = telecalling.map((one) => (one.code === 'busy' ? { ...one, hotkey: 'Digit1' } : one))
    expect(await problemOf(put(pool, 'dispositions', { dispositions: twice }))).toEqual([
      'invalid-input',
      ['dispositions.interested.hotkey: duplicate-hotkey', 'dispositions.busy.hotkey: duplicate-hotkey'],
    ])
    const retries = telecalling.filter(({ flags }) => flags.includes('retry'))
    expect(await problemOf(put(pool, 'dispositions', { dispositions: retries }))).toEqual([
      'invalid-input',
      ['dispositions: no-way-out'],
    ])
    expect((await (await api(`/api/pools/${pool.id}`, { as: carol })).json<PoolView>()).version).toBe(1)
  })

  it('[POOL-10] a code that attempts were booked with is retired, never deleted; an older page does not overwrite', async () => {
    const pool = await makePool([alice.id], 1)
    const room = poolRoom(env, pool.id)
    await room.apply(asAlice(), [said(await lease(room, asAlice()), 'busy')])
    expect(await (await api(`/api/pools/${pool.id}/dispositions/used`, { as: carol })).json()).toEqual({
      used: ['busy'],
    })
    const without = telecalling.filter(({ code }) => code !== 'busy')
    expect((await problemOf(put(pool, 'dispositions', { dispositions: without })))[0]).toBe('disposition-in-use')
    const retired = telecalling.map((one) => (one.code === 'busy' ? { ...one, retired: true, hotkey: null } : one))
    expect((await put(pool, 'dispositions', { dispositions: retired })).status).toBe(200)
    expect((await problemOf(put(pool, 'dispositions', { dispositions: telecalling })))[0]).toBe('conflict')
    expect((await problemOf(put(pool, 'dispositions', { dispositions: telecalling }, alice)))[0]).toBe('not-permitted')
  })
})

describe('a pool’s script and form over HTTP', () => {
  const field = { id: 'plan', label: 'Plan', kind: 'choice', required: true, options: ['Gold', 'Silver'] }

  it('[POOL-28] are kept by language; what is answered is in the call log', async () => {
    const pool = await makePool([alice.id], 1)
    const talk = { script: 'Hello {name}', scripts: { tr: 'Merhaba {name}' }, form: [{ ...field, required: false }] }
    expect((await put(pool, 'talk', talk)).status).toBe(200)
    const room = poolRoom(env, pool.id)
    const view = await lease(room, asAlice())
    expect(view.pool).toMatchObject({
      script: 'Hello {name}',
      scripts: { tr: 'Merhaba {name}' },
      form: [{ id: 'plan' }],
    })
    const [result] = await room.apply(asAlice(), [said(view, 'reached', { answers: { plan: 'Gold' }, tags: ['warm'] })])
    const { room: at, seq } = result!.projection!
    const log = await api(`/api/attempts?poolId=${pool.id}&after=${encodeURIComponent(`${at}:${seq}`)}`, { as: carol })
    expect(attemptPage.parse(await log.json()).items).toMatchObject([
      { answers: [{ field: 'plan', label: 'Plan', value: 'Gold' }], tags: ['warm'] },
    ])
  })

  it('[POOL-28] what is required now is not asked of whom was handed out before', async () => {
    const pool = await makePool([alice.id], 2)
    const room = poolRoom(env, pool.id)
    const before = await lease(room, asAlice())
    expect((await put(pool, 'talk', { script: '', scripts: {}, form: [field] })).status).toBe(200)
    expect(await room.apply(asAlice(), [said(before, 'reached')])).toMatchObject([{ outcome: 'accepted' }])
    const after = await lease(room, asAlice())
    expect(await room.apply(asAlice(), [said(after, 'reached')])).toMatchObject([{ code: 'form-incomplete' }])
  })

  it('[POOL-28] a form that cannot be asked is refused; the columns of lists are offered for the script', async () => {
    const pool = await makePool([alice.id], 0)
    const form = [{ ...field, options: ['Gold'] }]
    expect(await problemOf(put(pool, 'talk', { script: '', scripts: {}, form }))).toEqual([
      'invalid-input',
      ['form.0: options-missing'],
    ])
    expect(await (await api(`/api/pools/${pool.id}/merge-fields`, { as: carol })).json()).toEqual({ custom: [] })
  })
})

it('[POOL-15] a supervisor sees who promised what, page by page, and moves it by a command', async () => {
  const pool = await makePool([alice.id], 2)
  const room = poolRoom(env, pool.id)
  const at = Date.now() + 3_600_000
  for (const later of [0, 60_000])
    await room.apply(asAlice(), [said(await lease(room, asAlice()), 'call-back', { callbackAt: at + later })])
  const list = async (cursor = '') =>
    (await api(`/api/pools/${pool.id}/callbacks?limit=1${cursor && `&cursor=${cursor}`}`, { as: carol })).json<{
      items: PromisedCall[]
      nextCursor: string | null
    }>()
  const first = await list()
  expect(first.items).toMatchObject([{ at, forId: alice.id, forName: 'alice', byName: 'alice', state: 'pending' }])
  const second = await list(first.nextCursor!)
  expect([second.items.length, second.nextCursor]).toEqual([1, null])
  const { entryId } = first.items[0]!
  const command = { id: crypto.randomUUID(), kind: 'move-callback', at: Date.now(), poolId: pool.id, entryId, was: at }
  const moved = await api('/api/commands', {
    as: carol,
    body: { commands: [{ ...command, callbackAt: at + 120_000 }] },
  })
  expect(await moved.json()).toMatchObject({ results: [{ outcome: 'accepted' }] })
  expect((await list()).items[0]!.at).toBe(at + 60_000)
  const theirs = await api(`/api/pools/${pool.id}/callbacks`, { as: alice })
  expect((await theirs.json<Problem>()).code).toBe('not-permitted')
})
