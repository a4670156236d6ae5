import { env, runInDurableObject, SELF } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '#shared/domain/recording/retention'
import type { HeardRecording, Listen, RecordingPage, RecordingView } from '#shared/protocol/recordings'
import { deleteDue } from '#worker/recording/retention'
import { folderName } from '#worker/recording/vault'
import { sha256 } from '#worker/recording/seal'
import { api, ORIGIN, signedIn, type Person } from '#tests/support/workerd/people'
import { hangUp, talking, type Talking } from '#tests/support/workerd/phones'

type Sound = Uint8Array<ArrayBuffer>
/** Nothing that looks like what is around it. */
const soundOf = (seed: number, length: number): Sound =>
  new Uint8Array(Array.from({ length }, (_, at) => (seed * 37 + at * 101) % 256))
const CHUNKS = [soundOf(1, 5_000), soundOf(2, 4_000), soundOf(3, 6_000)]
const WHOLE = CHUNKS.flatMap((chunk) => [...chunk])
const PEAKS = btoa(String.fromCharCode(...Array.from({ length: 100 }, (_, at) => at)))

let [admin, carol]: Person[] = []
const settings = async (change: object) => {
  const { settings: now } = await (
    await api('/api/recording-settings', { as: admin! })
  ).json<{
    settings: { version: number }
  }>()
  return api('/api/recording-settings', { method: 'PUT', as: admin!, body: { ...now, ...change } })
}
beforeAll(async () => {
  admin = await signedIn('administrator', 'dora')
  carol = await signedIn('supervisor', 'carol')
  expect((await settings({ internalCalls: 'always' })).status).toBe(200)
})

const open = (call: { callId: string }, as: Person, id: string = crypto.randomUUID(), consent = 'told') =>
  api('/api/recordings', {
    as,
    body: { id, callId: call.callId, startedAt: Date.now(), mimeType: 'audio/webm', consent },
  })
const put = async (id: string, n: number, sound: Sound, as: Person, hash?: string) =>
  SELF.fetch(`${ORIGIN}/api/recordings/${id}/chunks/${n}?hash=${hash ?? (await sha256(sound))}&ms=5000`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${as.token}`, 'content-type': 'application/octet-stream', 'x-peaks': PEAKS },
    body: sound,
  })
const end = (id: string, as: Person, over: object = {}) =>
  api(`/api/recordings/${id}/end`, {
    as,
    body: { chunks: 3, endedAt: Date.now(), gaps: [{ atMs: 5_000, ms: 700, why: 'hold' }], isCut: false, ...over },
  })
const hear = (id: string, as: Person, query = '', headers: Record<string, string> = {}) =>
  api(`/api/recordings/${id}/sound${query}`, { as, headers })
const bytesOf = async (answer: Response) => [...new Uint8Array(await answer.arrayBuffer())]
const codeOf = async (answer: Response) => (await answer.json<{ code: string }>()).code
const viewed = async (id: string) => {
  const answer = await api(`/api/recordings/${id}`, { as: carol! })
  return answer.ok ? answer.json<RecordingView>() : null
}
/** A call recorded by alice to its third chunk. */
async function recorded(): Promise<Talking & { id: string }> {
  const call = await talking()
  const id = crypto.randomUUID()
  expect((await open(call, call.people.alice, id)).status).toBe(201)
  for (const [n, chunk] of CHUNKS.entries()) expect((await put(id, n, chunk, call.people.alice)).status).toBe(204)
  return { ...call, id }
}

describe('[PHONE-11] a recording', () => {
  it('comes chunk by chunk, is heard while it comes, joined when it is over, and sealed at rest', async () => {
    const call = await recorded()
    const { id, people } = call
    await expect.poll(async () => (await viewed(id))?.state).toBe('recording')
    expect(await bytesOf(await hear(id, carol!))).toEqual(WHOLE)

    await hangUp(call)
    expect(await (await end(id, people.alice)).json()).toEqual({ missing: [] })
    await expect.poll(async () => (await viewed(id))?.state, { timeout: 15_000 }).toBe('finished')
    expect(await viewed(id)).toMatchObject({
      callId: call.callId,
      agentId: people.alice.id,
      other: 'bob',
      direction: 'internal',
      durationMs: 15_000,
      bytes: WHOLE.length,
      channels: 2,
      gaps: [{ atMs: 5_000, ms: 700, why: 'hold' }],
      isCut: false,
      consent: 'told',
    })
    expect(await bytesOf(await hear(id, carol!))).toEqual(WHOLE)
    // the answer to the end may have been lost on the way
    expect(await (await end(id, people.alice)).json()).toEqual({ missing: [] })

    const at = (await env.RECORDINGS!.get(`recordings/${id}/whole`))!
    const sealed = new Uint8Array(await at.arrayBuffer())
    expect(sealed.length).toBe(WHOLE.length + 3 * 32)
    const text = String.fromCharCode(...sealed)
    for (const chunk of CHUNKS) expect(text).not.toContain(String.fromCharCode(...chunk.slice(0, 16)))
    const picture = await (await api(`/api/recordings/${id}/peaks`, { as: carol! })).json<{ peaks: string }>()
    expect(atob(picture.peaks)).toBe(atob(PEAKS).repeat(3))
  })

  it('any part of it can be asked for', async () => {
    const { id } = await recorded()
    await expect.poll(async () => (await viewed(id))?.state).toBe('recording')
    const part = await hear(id, carol!, '', { range: 'bytes=4990-9009' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 4990-9009/${WHOLE.length}`)
    expect(await bytesOf(part)).toEqual(WHOLE.slice(4_990, 9_010))
    const none = await hear(id, carol!, '', { range: `bytes=${WHOLE.length}-` })
    expect([none.status, await none.text()]).toEqual([416, ''])
  })

  it('a chunk sent twice is one; another under its number, or with a wrong hash, is refused', async () => {
    const { id, people } = await recorded()
    expect((await put(id, 1, CHUNKS[1]!, people.alice)).status).toBe(204)
    const other = await put(id, 1, soundOf(9, 4_000), people.alice)
    expect([other.status, await codeOf(other)]).toEqual([409, 'chunk-mismatch'])
    expect(await codeOf(await put(id, 3, soundOf(9, 4_000), people.alice, 'f'.repeat(64)))).toBe('chunk-mismatch')
    expect(await codeOf(await put(id, 3, new Uint8Array(1024 * 1024 + 1), people.alice))).toBe('too-large')
    await expect.poll(async () => (await viewed(id))?.state).toBe('recording')
    expect(await bytesOf(await hear(id, carol!))).toEqual(WHOLE)
  })

  it('its end names what is missing; what the device has lost stays a hole', async () => {
    const { id, people } = await recorded()
    const later = soundOf(5, 3_000)
    expect((await put(id, 5, later, people.alice)).status).toBe(204)
    expect(await (await end(id, people.alice, { chunks: 6 })).json()).toEqual({ missing: [3, 4] })
    const ended = await put(id, 6, later, people.alice)
    expect(await codeOf(ended)).toBe('recording-ended')
    expect(await (await end(id, people.alice, { chunks: 6, isAll: true, isCut: true })).json()).toEqual({ missing: [] })
    await expect.poll(async () => (await viewed(id))?.state, { timeout: 15_000 }).toBe('finished')
    expect(await bytesOf(await hear(id, carol!))).toEqual([...WHOLE, ...later])
    expect((await viewed(id))!.isCut).toBe(true)
  })

  it('that was altered at rest is not heard', async () => {
    const { id, people } = await recorded()
    await end(id, people.alice)
    await expect.poll(async () => (await viewed(id))?.state, { timeout: 15_000 }).toBe('finished')
    const name = `recordings/${id}/whole`
    const sealed = new Uint8Array(await (await env.RECORDINGS!.get(name))!.arrayBuffer())
    sealed[6_000] = sealed[6_000]! ^ 1
    await env.RECORDINGS!.put(name, sealed)
    await expect(hear(id, carol!).then((answer) => answer.arrayBuffer())).rejects.toThrow()
  })
})

describe('[PHONE-11] who may', () => {
  it('record: who takes part in a call that is recorded, after the consent that it asks for', async () => {
    const call = await talking()
    const policy = async (as: Person) => (await api(`/api/calls/${call.callId}/recording`, { as })).json()
    expect(await policy(call.people.bob)).toEqual({ policy: 'always' })
    const mallory = await signedIn('agent', 'mallory')
    expect(await codeOf(await open(call, mallory))).toBe('unknown-call')

    await settings({ internalCalls: 'ask' })
    expect(await codeOf(await open(call, call.people.alice))).toBe('recording-off')
    expect((await open(call, call.people.alice, undefined, 'agreed')).status).toBe(201)
    await settings({ internalCalls: 'off' })
    expect(await policy(call.people.alice)).toEqual({ policy: 'off' })
    expect(await codeOf(await open(call, call.people.alice, undefined, 'agreed'))).toBe('recording-off')
    await settings({ internalCalls: 'always' })
  })

  it('send: only who opened it; and who was called has the caller on the other side', async () => {
    const call = await talking()
    const id = crypto.randomUUID()
    expect((await open(call, call.people.bob, id)).status).toBe(201)
    expect(await codeOf(await open(call, call.people.alice, id))).toBe('unknown-call')
    expect(await codeOf(await put(id, 0, CHUNKS[0]!, call.people.alice))).toBe('unknown-recording')
    expect(await codeOf(await end(id, call.people.alice))).toBe('unknown-recording')
    expect((await put(id, 0, CHUNKS[0]!, call.people.bob)).status).toBe(204)
    await expect.poll(async () => (await viewed(id))?.other).toBe(call.people.alice.name)
  })

  it('open it after the call, from the books, as after a crash', async () => {
    const call = await talking()
    const { alice, bob } = call.people
    await hangUp(call)
    const { ledgerRoom } = await import('#worker/rooms/doors')
    // the room of the call forgets it a minute after its end; the books know it
    const booked = { callId: 'long-ago', agentId: alice.id, agentName: alice.name, other: bob.username, rev: 1 }
    const times = { startedAt: 1_000, answeredAt: 2_000, endedAt: 60_000, talkMs: 58_000 }
    const rest = { poolId: null, entryId: null, hangupCause: 'normal', sipStatus: 200, endedBy: null }
    await ledgerRoom(env, 'long-ago').book([{ ...booked, ...times, ...rest, direction: 'internal' }])
    await expect.poll(async () => (await open(booked, alice)).status, { timeout: 10_000 }).toBe(201)
    const bobs = await open(booked, bob)
    expect(bobs.status).toBe(201)
    expect(await bobs.json()).toMatchObject({ other: alice.name, startedAt: 60_000 })
    expect(await codeOf(await open(booked, await signedIn('agent', 'mallory')))).toBe('unknown-call')
  })

  it('[AUTH-1] hear: a supervisor all, an agent their own where they are let; who heard is written down', async () => {
    const { id, people } = await recorded()
    await expect.poll(async () => (await viewed(id))?.state).toBe('recording')
    const list = async (as: Person, query = '') =>
      (await (await api(`/api/recordings${query}`, { as })).json<RecordingPage>()).items
    expect((await list(people.alice)).map((one) => [one.id, one.mayHear])).toEqual([[id, true]])
    expect(await list(people.bob)).toEqual([])
    expect(await codeOf(await hear(id, people.bob))).toBe('unknown-recording')
    expect((await hear(id, people.alice)).status).toBe(200)

    await settings({ agentsHear: false })
    expect((await list(people.alice))[0]!.mayHear).toBe(false)
    expect(await codeOf(await hear(id, people.alice))).toBe('not-permitted')
    await settings({ agentsHear: true })

    expect((await hear(id, carol!)).status).toBe(200)
    expect((await hear(id, carol!, '', { range: 'bytes=0-10' })).status).toBe(206)
    expect((await hear(id, carol!, '?use=download')).headers.get('content-disposition')).toMatch(/^attachment/)
    const heard = await (await api(`/api/recordings/${id}/listens`, { as: carol! })).json<{ items: Listen[] }>()
    expect(heard.items.map(({ name, use }) => `${name} ${use}`).sort()).toEqual([
      'alice listen',
      'carol download',
      'carol listen',
    ])
    expect((await api(`/api/recordings/${id}/listens`, { as: people.alice })).status).toBe(403)
  })

  it('find: by agent, number, length and day', async () => {
    const { id, people, callId } = await recorded()
    await end(id, people.alice)
    await expect.poll(async () => (await viewed(id))?.state, { timeout: 15_000 }).toBe('finished')
    const found = async (query: string) =>
      (await (await api(`/api/recordings?${query}`, { as: carol! })).json<RecordingPage>()).items.map((one) => one.id)
    expect(await found(`agentId=${people.alice.id}`)).toEqual([id])
    expect(await found(`callId=${callId}`)).toEqual([id])
    expect(await found(`agentId=${people.alice.id}&longerThan=15`)).toEqual([id])
    expect(await found(`agentId=${people.alice.id}&longerThan=16`)).toEqual([])
    expect(await found(`agentId=${people.alice.id}&to=${Date.now() - 3_600_000}`)).toEqual([])
    expect(await found(`agentId=${people.alice.id}&number=99999`)).toEqual([])
    const page = await (await api('/api/recordings?limit=1', { as: carol! })).json<RecordingPage>()
    const next = await found(`limit=1&cursor=${page.nextCursor}`)
    expect(next).toHaveLength(1)
    expect(next[0]).not.toBe(page.items[0]!.id)
  })

  it('change what is recorded: an administrator, and not over somebody else’s change', async () => {
    expect((await api('/api/recording-settings', { as: carol! })).status).toBe(403)
    expect((await settings({ version: 0 })).status).toBe(409)
    const setup = await (await api('/api/recording-settings', { as: admin! })).json<object>()
    expect(setup).toMatchObject({ isReady: true, currentKey: 1 })
    await env.DB.prepare(
      "UPDATE recordings SET key_version=9 WHERE id=(SELECT id FROM recordings WHERE state='finished')",
    ).run()
    const again = await api('/api/recording-keys/rewrap', { method: 'POST', as: admin! })
    expect(await again.json()).toEqual({ done: 0, left: 1, failed: 1 })
  })
})

describe('[PHONE-11] a sound file attached to an attempt', () => {
  const MB = 1024 * 1024
  const wav = (length: number): Sound => {
    const file = new Uint8Array(length)
    for (let at = 0; at < length; at += 997) file[at] = at % 251
    file.set(new TextEncoder().encode('RIFF'), 0)
    file.set(new TextEncoder().encode('WAVEfmt '), 8)
    return file
  }
  const attach = (attemptId: string, as: Person, file: Sound, id: string = crypto.randomUUID()) =>
    SELF.fetch(`${ORIGIN}/api/attempts/${attemptId}/recordings/${id}?fileName=from%20the%20desk.wav`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${as.token}`, 'content-type': 'application/octet-stream' },
      body: file,
    })
  async function attemptOf(agent: Person): Promise<string> {
    const id = crypto.randomUUID()
    await env.DB.prepare(
      `INSERT INTO attempts (id, pool_id, entry_id, customer_id, phone, agent_id, agent_name, at, attempt, by_handset, late, seq)
       VALUES (?, 'p1', '1', 'c1', '+905550100123', ?, ?, 1000, 1, 0, 0, 1)`,
    )
      .bind(id, agent.id, agent.name)
      .run()
    return id
  }

  it('is sealed in pieces, listed with its attempt, and heard by the same people', async () => {
    const alice = await signedIn('agent', 'alice')
    const attemptId = await attemptOf(alice)
    const file = wav(2 * MB + 12_345)
    const id = crypto.randomUUID()
    expect((await attach(attemptId, alice, file, id)).status).toBe(200)
    // the answer was lost: the same again is there once
    expect((await attach(attemptId, alice, file, id)).status).toBe(200)
    const list = await (await api(`/api/recordings?attemptId=${attemptId}`, { as: alice })).json<RecordingPage>()
    expect(list.items).toEqual([
      expect.objectContaining({
        id,
        source: 'file',
        fileName: 'from the desk.wav',
        mimeType: 'audio/wav',
        mayHear: true,
      }),
    ])
    const heard = new Uint8Array(await (await hear(id, carol!)).arrayBuffer())
    expect(await sha256(heard)).toBe(await sha256(file))
    const part = await hear(id, alice, '', { range: `bytes=${MB - 5}-${MB + 4}` })
    expect(await bytesOf(part)).toEqual([...file.subarray(MB - 5, MB + 5)])
    expect(await codeOf(await hear(id, await signedIn('agent', 'bob')))).toBe('unknown-recording')

    const picture = { peaks: btoa('abcd'), durationMs: 200, channels: 1 }
    const peaks = () => api(`/api/recordings/${id}/peaks`, { method: 'PUT', as: carol!, body: picture })
    expect(await (await api(`/api/recordings/${id}/peaks`, { as: carol! })).json()).toEqual({ peaks: null })
    expect((await peaks()).status).toBe(204)
    expect((await peaks()).status).toBe(409)
    expect(await viewed(id)).toMatchObject({ durationMs: 200, channels: 1 })
  })

  it('is refused when it is no sound, too large, or to an attempt that is not theirs; nothing is written over', async () => {
    const alice = await signedIn('agent', 'alice')
    const attemptId = await attemptOf(alice)
    const page = new Uint8Array(new TextEncoder().encode('<!doctype html><script>alert(1)</script>'))
    const refused = await attach(attemptId, alice, page)
    expect([refused.status, await codeOf(refused)]).toEqual([422, 'sound-unreadable'])
    expect(await codeOf(await attach(attemptId, await signedIn('agent', 'bob'), wav(100)))).toBe('unknown-attempt')
    const large = await attach(attemptId, alice, wav(50 * MB + 1))
    expect([large.status, await codeOf(large)]).toEqual([413, 'file-too-large'])
    const { id } = await recorded()
    expect(await codeOf(await attach(attemptId, alice, wav(100), id))).toBe('conflict')
  })
})

describe('[PHONE-11] retention', () => {
  const DAYS = 30
  const later = (days: number) => Date.now() + days * DAY_MS
  const objectsOf = async (id: string) => (await env.RECORDINGS!.list({ prefix: folderName(id) })).objects.length
  async function finished(): Promise<string> {
    const call = await recorded()
    await end(call.id, call.people.alice)
    await expect.poll(async () => (await viewed(call.id))?.state).toBe('finished')
    await hangUp(call)
    return call.id
  }
  const hold = (id: string, held: boolean, as = admin!) =>
    api(`/api/recordings/${id}/hold`, { method: 'PUT', as, body: { held, reason: 'claim 17' } })

  it('nothing is deleted until somebody says how long; then the daily deletion is set, for the coming night', async () => {
    const id = await finished()
    await deleteDue(env, later(10_000))
    expect(await viewed(id)).toMatchObject({ state: 'finished', keptUntil: null, deletedAt: null })
    expect((await settings({ keepDays: 0 })).status).toBe(422)
    expect((await settings({ keepDays: DAYS })).status).toBe(200)
    const at = await runInDurableObject(
      env.LEDGER.getByName('ledger-0'),
      (_, { storage }) => storage.sql.exec<{ at: number }>("SELECT at FROM timer WHERE name='delete-daily:'").one().at,
    )
    expect(at).toBeGreaterThan(Date.now())
    expect(at).toBeLessThanOrEqual(later(1))
  })
  it('when its days are over sound, picture and key are gone, the row says when, and the audit who', async () => {
    const id = await finished()
    const { startedAt, keptUntil } = (await viewed(id)) as HeardRecording
    expect(keptUntil).toBe(startedAt + DAYS * DAY_MS)
    await deleteDue(env, keptUntil! - 1)
    expect([(await viewed(id))?.state, (await objectsOf(id)) > 0]).toEqual(['finished', true])
    await deleteDue(env, keptUntil!)
    expect(await viewed(id)).toMatchObject({
      state: 'deleted',
      deletedAt: keptUntil,
      mayHear: false,
      durationMs: 15_000,
    })
    expect(await objectsOf(id)).toBe(0)
    const refused = await hear(id, carol!)
    expect([refused.status, await codeOf(refused)]).toEqual([410, 'recording-deleted'])
    const row = await env.DB.prepare('SELECT wrapped_key AS key, pieces FROM recordings WHERE id=?').bind(id).first()
    expect(row).toEqual({ key: '', pieces: '[]' })
    // once, however often it runs
    await deleteDue(env, later(60))
    const { results } = await env.DB.prepare(
      "SELECT actor_id AS actor, detail FROM audit WHERE subject=? AND action='recording.delete'",
    )
      .bind(id)
      .all()
    expect(results).toEqual([{ actor: 'retention', detail: JSON.stringify({ days: DAYS }) }])
  })
  it('a hold keeps it; released, it goes; only an administrator holds, and nobody what is deleted', async () => {
    const id = await finished()
    expect((await hold(id, true, carol)).status).toBe(403)
    expect(await (await hold(id, true)).json()).toMatchObject({ isHeld: true, keptUntil: null })
    await deleteDue(env, later(400))
    expect(await viewed(id)).toMatchObject({ state: 'finished', isHeld: true })
    expect((await hold(id, false)).status).toBe(200)
    await deleteDue(env, later(400))
    expect(await viewed(id)).toMatchObject({ state: 'deleted' })
    expect(await codeOf(await hold(id, true))).toBe('recording-deleted')
  })
  it('a pool’s own days count before the deployment’s', async () => {
    const [short, long] = [await finished(), await finished()]
    for (const [id, days] of [
      [short, 2],
      [long, 60],
    ] as const) {
      const poolId = crypto.randomUUID()
      await env.DB.prepare(
        "INSERT INTO pools (id, name, country, settings, version, created_at) VALUES (?, 'p', 'CR', ?, 1, 0)",
      )
        .bind(poolId, JSON.stringify({ recordingDays: days }))
        .run()
      await env.DB.prepare('UPDATE recordings SET pool_id=? WHERE id=?').bind(poolId, id).run()
    }
    await deleteDue(env, later(3))
    expect([(await viewed(short))?.state, (await viewed(long))?.state]).toEqual(['deleted', 'finished'])
    await deleteDue(env, later(40))
    expect((await viewed(long))?.state).toBe('finished')
    await deleteDue(env, later(61))
    expect((await viewed(long))?.state).toBe('deleted')
  })
  it('a deletion that was interrupted goes on with the next run, whatever the days say then', async () => {
    const id = await finished()
    await env.DB.prepare('UPDATE recordings SET deleted_at=5 WHERE id=?').bind(id).run()
    expect(await codeOf(await hear(id, carol!))).toBe('recording-deleted')
    await settings({ keepDays: null })
    await deleteDue(env, later(0))
    expect(await viewed(id)).toMatchObject({ state: 'deleted', deletedAt: 5 })
    expect(await objectsOf(id)).toBe(0)
  })
})
