import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { readNotice } from '#shared/domain/call/monitor'
import { readMoved } from '#shared/domain/call/moved'
import { SDP, SipAgent, type Dialog, type Heard } from '#tests/support/sip-agent'
import { evict } from '#tests/support/workerd/evict'
import { api, signedIn, type Person } from '#tests/support/workerd/people'
import { acknowledged, callIdOf, phoneOf, wireOf } from '#tests/support/workerd/phones'
import { callRoom } from '#worker/rooms/doors'

/** A page of ours: its contact says that it takes a supervisor's leg by itself. */
async function pageOf(person: Person): Promise<SipAgent> {
  const page = new SipAgent(person.username, await wireOf(person))
  Object.assign(page, { contact: `${page.contact};monitor=1` })
  await page.register()
  return page
}

type Floor = {
  alice: SipAgent
  bob: SipAgent
  carol: Person
  people: { alice: Person; bob: Person }
  dialog: Dialog
  answered: Dialog
  callId: string
}
/** alice's page talks to bob's telephone; carol is a supervisor. */
async function floor(isPage = true): Promise<Floor> {
  const [alices, bobs, carol] = await Promise.all([
    signedIn('agent', 'alice'),
    signedIn('agent', 'bob'),
    signedIn('supervisor', 'carol'),
  ])
  const [alice, bob] = [await (isPage ? pageOf : phoneOf)(alices), await phoneOf(bobs)]
  const dialog = alice.invite(bobs.username)
  const invite = await bob.request('INVITE')
  bob.answer(invite, 200, { body: SDP('bob') })
  const ok = await alice.response(200, 'INVITE')
  dialog.ack(ok)
  await bob.request('ACK')
  const callId = ok.header('X-Switchroom-Call')
  await acknowledged(callId)
  return { alice, bob, carol, people: { alice: alices, bob: bobs }, dialog, answered: bob.dialogOf(invite), callId }
}

const monitor = (callId: string, as: Person, body?: unknown, method = 'POST') =>
  api(`/api/calls/${callId}/monitor`, { as, method, ...(body ? { body } : {}) })
const codeOf = async (answer: Response) => ((await answer.json()) as { code?: string }).code
async function ordered({ callId, carol }: Floor, mode = 'listen'): Promise<string> {
  const answer = await monitor(callId, carol, { mode })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { target: string }).target
}

type Listening = { line: SipAgent; dialog: Dialog; invite: Heard; room: string }
/** carol's telephone calls what the edge named, and alice's page answers. */
async function listening(at: Floor, mode = 'listen', line?: SipAgent): Promise<Listening> {
  // registered nowhere, as the floor's own line
  line ??= new SipAgent(at.carol.username, await wireOf(at.carol))
  const dialog = line.invite(await ordered(at, mode), { body: SDP('carol') })
  const invite = await at.alice.request('INVITE')
  expect(invite.body).toBe(SDP('carol'))
  at.alice.answer(invite, 200, { body: SDP('mix') })
  const ok = await line.response(200, 'INVITE')
  expect(ok.body).toBe(SDP('mix'))
  dialog.ack(ok)
  await at.alice.request('ACK')
  const room = await callIdOf(at.carol.id, dialog.callId)
  await acknowledged(room)
  return { line, dialog, invite, room }
}

const noticeOf = (heard: Heard) => readNotice(heard.header('X-Switchroom-Monitor'))
async function written(callId: string): Promise<string[]> {
  await runInDurableObject(env.CALL.getByName(callId), (room) =>
    (room as unknown as { settled(): Promise<void> }).settled(),
  )
  const { results } = await env.DB.prepare('SELECT action, detail FROM audit WHERE subject=? ORDER BY id')
    .bind(callId)
    .all<{ action: string; detail: string }>()
  return results.map(({ action, detail }) => {
    const { mode, why } = JSON.parse(detail) as { mode?: string; why?: string }
    return [action, mode, why].filter(Boolean).join(' ')
  })
}
const unasked = ({ rest }: SipAgent) => rest.filter((start) => !start.endsWith('100 Trying'))
const bye = async (phone: SipAgent) => phone.answer(await phone.request('BYE'), 200)

describe('a supervisor at a call', () => {
  it('[SIP-10] listens, whispers, joins, leaves: the agent’s page is told by the edge alone, the call goes on, all is written down', async () => {
    const at = await floor()
    const { alice, bob, carol, callId } = at
    const { line, dialog, invite, room } = await listening(at)
    expect(noticeOf(invite)).toEqual({ callId, mode: 'listen', by: 'carol' })
    expect(line.heard.some(({ status }) => status === 180)).toBe(false)
    for (const mode of ['whisper', 'barge', 'listen']) {
      // also in rooms that were born again
      await Promise.all([evict(env.CALL.getByName(callId)), evict(env.CALL.getByName(room))])
      expect(await (await monitor(callId, carol, { mode }, 'PUT')).json()).toEqual({ mode })
      const info = await alice.request('INFO')
      expect(noticeOf(info)).toEqual({ callId, mode, by: 'carol' })
      alice.answer(info, 200)
    }
    // what a supervisor's telephone says goes nowhere near it
    dialog.ask('INFO', { headers: [`X-Switchroom-Monitor: ${callId};mode=barge`] })
    const relayed = await alice.request('INFO')
    expect(relayed.header('X-Switchroom-Monitor')).toBe('')
    alice.answer(relayed, 200)
    await line.response(200, 'INFO')
    dialog.ask('BYE')
    await bye(alice)
    await line.response(200, 'BYE')
    await expect.poll(() => written(callId)).toHaveLength(5)
    expect(await written(callId)).toEqual([
      'call.monitor.begin listen',
      'call.monitor.mode whisper',
      'call.monitor.mode barge',
      'call.monitor.mode listen',
      'call.monitor.end listen stopped',
    ])
    expect(await codeOf(await monitor(callId, carol, { mode: 'barge' }, 'PUT'))).toBe('unknown-monitor')
    expect([unasked(alice), unasked(bob)]).toEqual([[], []])
    expect(await callRoom(env, callId).picture()).toMatchObject({ state: 'in-progress' })
  })

  it('[SIP-10] is for who may, whose order it is, once; of no telephone that would ring, of nobody’s own call, one at a time', async () => {
    const at = await floor()
    const { alice, carol, people, callId } = at
    const dora = await signedIn('administrator', 'dora')
    expect((await monitor(callId, people.bob, { mode: 'listen' })).status).toBe(403)
    expect(await codeOf(await monitor('never-was-0001', carol, { mode: 'listen' }))).toBe('unknown-call')
    expect(await codeOf(await monitor(callId, carol, { mode: 'listen', agentId: carol.id }))).toBe('call-not-talking')
    // bob's is a telephone like any
    const atBobs = { mode: 'listen', agentId: people.bob.id }
    expect(await codeOf(await monitor(callId, carol, atBobs))).toBe('monitor-not-possible')
    const target = await ordered(at)
    expect(await codeOf(await monitor(callId, dora, { mode: 'listen' }))).toBe('monitored-already')
    const [doras, bobs] = [new SipAgent(dora.username, await wireOf(dora)), await phoneOf(people.bob)]
    for (const [phone, asked] of [
      [doras, target],
      [bobs, target],
      [doras, `~monitor.${callId}.guessed-it-0001`],
      [doras, '~monitor.nothing'],
    ] as const) {
      phone.invite(asked)
      await phone.response(403, 'INVITE')
    }
    expect(unasked(alice)).toEqual([])
    const supervisor = await signedIn('supervisor', 'erin')
    const page = await pageOf(supervisor)
    const own = page.invite(people.bob.username)
    const rings = [await at.bob.request('INVITE'), await bobs.request('INVITE')]
    at.bob.answer(rings[0]!, 200, { body: SDP('bob') })
    const ok = await page.response(200, 'INVITE')
    own.ack(ok)
    expect(await codeOf(await monitor(ok.header('X-Switchroom-Call'), supervisor, { mode: 'listen' }))).toBe('own-call')
  })

  it('[SIP-10] its own call is nobody’s to move, end or look at; by REFER it leads nowhere', async () => {
    const at = await floor()
    const { line, dialog, room, invite } = await listening(at)
    at.alice.dialogOf(invite).ask('REFER', { headers: [`Refer-To: <sip:${at.people.bob.username}@switchroom.test>`] })
    await at.alice.response(403, 'REFER')
    for (const as of [at.people.alice, at.carol])
      expect(await codeOf(await api(`/api/calls/${room}/end`, { as, method: 'POST' }))).toBe('unknown-call')
    dialog.ask('BYE')
    await bye(at.alice)
    await line.response(200, 'BYE')
  })

  it('[SIP-10] ends when the agent’s call does, when their page goes, and when it is ordered anew; not shown when the policy says so', async () => {
    const at = await floor()
    const dora = await signedIn('administrator', 'dora')
    const settings = (await (await api('/api/monitor-settings', { as: dora })).json()) as { version: number }
    const put = (isShown: boolean, version: number) =>
      api('/api/monitor-settings', { as: dora, method: 'PUT', body: { isShown, version } })
    expect((await put(false, settings.version)).status).toBe(200)
    expect((await put(true, settings.version)).status).toBe(409)
    expect((await api('/api/monitor-settings', { as: at.carol })).status).toBe(403)
    const first = await listening(at)
    expect(noticeOf(first.invite)).toMatchObject({ by: null })
    expect((await put(true, settings.version + 1)).status).toBe(200)
    // her page was loaded again, and she presses once more
    const second = await listening(at, 'whisper')
    expect(noticeOf(second.invite)).toMatchObject({ mode: 'whisper', by: 'carol' })
    await Promise.all([bye(first.line), bye(at.alice)])
    at.dialog.ask('BYE')
    await Promise.all([bye(at.bob), bye(second.line), bye(at.alice)])
    await expect.poll(() => written(at.callId)).toHaveLength(4)
    expect((await written(at.callId)).filter((line) => line.includes('end'))).toEqual([
      'call.monitor.end listen ordered-anew',
      'call.monitor.end whisper call-left',
    ])

    const again = await floor()
    const third = await listening(again)
    again.alice.leave()
    await bye(third.line)
    await expect.poll(() => written(again.callId)).toContain('call.monitor.end listen page-gone')
    expect(await callRoom(env, again.callId).picture()).toMatchObject({ state: 'in-progress' })
  })

  it('[SIP-10] takes over: the other side goes to their telephone, the agent is freed and told by whom', async () => {
    const at = await floor()
    const { alice, bob, carol, people, callId } = at
    const takeOver = (as: Person) => api(`/api/calls/${callId}/take-over`, { as, body: {} })
    expect((await takeOver(people.bob)).status).toBe(403)
    expect(await codeOf(await takeOver(carol))).toBe('phone-not-registered')
    const { line } = await listening(at)
    const desk = await pageOf(carol)
    expect((await takeOver(carol)).status).toBe(202)
    const ring = await desk.request('INVITE')
    expect(ring.header('X-Switchroom-Call')).toBe(`${callId}.2`)
    desk.answer(ring, 200, { body: SDP('desk') })
    await desk.request('ACK')
    bob.answer(await bob.request('INVITE'), 200, { body: SDP('kept', 'sendrecv', 7) })
    desk.answer(await desk.request('INVITE'), 200, { body: SDP('desk', 'sendrecv', 2) })
    await Promise.all([bob.request('ACK'), desk.request('ACK')])
    const freed = [await alice.request('BYE'), await alice.request('BYE')]
    for (const one of freed) alice.answer(one, 200)
    const told = freed.map((one) => readMoved(one.header('X-Switchroom-Moved'))).find((moved) => moved !== null)
    expect(told).toEqual({ by: 'carol', to: 'carol' })
    await bye(line)
    expect(await callRoom(env, callId).picture(`${callId}.2`)).toMatchObject({
      agentId: carol.id,
      state: 'in-progress',
    })
    await expect.poll(() => written(callId)).toHaveLength(3)
    expect((await written(callId)).sort()).toEqual([
      'call.monitor.begin listen',
      'call.monitor.end listen call-left',
      'call.take-over',
    ])
  })
})
