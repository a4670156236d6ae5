import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { SDP, SipAgent } from '#tests/support/sip-agent'
import { elapse, evict } from '#tests/support/workerd/evict'
import { signedIn } from '#tests/support/workerd/people'
import { phoneOf, wireOf } from '#tests/support/workerd/phones'
import { agentRoom, callRoom, floorRoom } from '#worker/rooms/doors'
import { isRefusal, MAIN_TEAM } from '#worker/rooms/ports'

const ANSWERS_ITSELF = { headers: ['X-Switchroom-Echo: self'] }

/** alice's page tests her telephone over a socket of its own, which is registered nowhere; beside it her phone is on. */
async function echoing() {
  const alice = await signedIn('agent', 'alice')
  const desk = await phoneOf(alice)
  const page = new SipAgent(alice.username, await wireOf(alice))
  const dialog = page.invite('echo', ANSWERS_ITSELF)
  const invite = await page.request('INVITE')
  const callId = invite.header('X-Switchroom-Call')
  return { alice, desk, page, dialog, invite, callId }
}
async function talkingToItself() {
  const echo = await echoing()
  const { page, invite, dialog } = echo
  page.answer(invite, 200, { body: SDP('itself') })
  dialog.ack(await page.response(200, 'INVITE'))
  await page.request('ACK')
  return echo
}

describe('the echo test', () => {
  it('[PHONE-5] comes back to the device that called, and to no other, with a word that the edge alone writes', async () => {
    const { desk, page, invite, dialog, callId, alice } = await talkingToItself()
    expect(invite.header('X-Switchroom-Echo')).toBe('self')
    expect(invite.body).toBe(SDP(alice.username))
    expect(invite.header('Call-ID')).toBe(`${callId}.1@edge`)
    dialog.ask('BYE')
    page.answer(await page.request('BYE'), 200)
    await page.response(200, 'BYE')
    expect(await callRoom(env, callId).picture()).toBeNull()
    expect(desk.rest).toEqual([])
  })

  it('[PHONE-5] its own end may end it too, also after an eviction', async () => {
    const { page, invite, callId } = await talkingToItself()
    await evict(env.CALL.getByName(callId))
    page.dialogOf(invite).ask('BYE')
    page.answer(await page.request('BYE'), 200)
    await page.response(200, 'BYE')
  })

  it('[PHONE-5] nobody hears of it: no state, no floor, no row in the books', async () => {
    const { alice, page, dialog, callId } = await talkingToItself()
    const room = agentRoom(env, alice.id)
    await room.setState(alice.actor, 'available', null)
    expect((await room.presence()).state).toBe('available')
    dialog.ask('BYE')
    page.answer(await page.request('BYE'), 200)
    await page.response(200, 'BYE')
    const journal = await runInDurableObject(
      env.CALL.getByName(callId),
      (_room, { storage }) => storage.sql.exec('SELECT 1 FROM journal').toArray().length,
    )
    expect(journal).toBe(0)
    expect((await floorRoom(env, MAIN_TEAM).picture()).calls.map((call) => call.callId)).not.toContain(callId)
    expect((await room.presence()).state).toBe('available')
  })

  it('[PHONE-5] nothing moves it: it is no call of anybody to control, transfer or take over', async () => {
    const { page, dialog, callId, alice } = await talkingToItself()
    const call = callRoom(env, callId)
    expect([await call.parties(), await call.present()]).toEqual([[], []])
    dialog.ask('REFER', { headers: ['Refer-To: <sip:bob@switchroom.test>'] })
    await page.response(403, 'REFER')
    const replaces = { callId: dialog.callId, toTag: '', fromTag: '', earlyOnly: false }
    expect(await call.cede(alice.id, replaces, 'another-call')).toBeNull()
    const by = await agentRoom(env, alice.id).callerContext()
    expect(isRefusal(await call.transfer({ from: alice.id, to: 'bob', by }))).toBe(true)
  })

  it('[PHONE-5] a page that does not answer after all gets 480', async () => {
    const { page, callId } = await echoing()
    await elapse(env.CALL.getByName(callId), 'ring')
    await page.response(480, 'INVITE')
    await page.request('CANCEL')
  })

  it('[PHONE-5] a telephone that does not say it answers itself calls nobody by it', async () => {
    const phone = await phoneOf(await signedIn('agent', 'alice'))
    phone.invite('echo')
    await phone.response(404, 'INVITE')
  })

  it('[SIP-2] the word of a phone does not reach another', async () => {
    const [alice, bob] = [await signedIn('agent', 'alice'), await signedIn('agent', 'bob')]
    const [mine, theirs] = [await phoneOf(alice), await phoneOf(bob)]
    mine.invite(bob.username, ANSWERS_ITSELF)
    expect((await theirs.request('INVITE')).text).not.toMatch(/x-switchroom-echo/i)
  })
})
