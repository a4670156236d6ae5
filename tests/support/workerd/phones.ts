import { env, runInDurableObject, SELF } from 'cloudflare:test'
import { expect } from 'vitest'
import { SipAgent, SDP, type Dialog, type Heard } from '#tests/support/sip-agent'
import type { CallPort } from '#worker/rooms/ports'
import { agentRoom, callRoom } from '#worker/rooms/doors'
import { ORIGIN, signedIn, type Person } from './people'

/** The upgrade of /sip; what it answers is the test's business. */
export function sipUpgrade(query = '', headers: Record<string, string> = {}): Promise<Response> {
  return SELF.fetch(`${ORIGIN}/sip${query}`, {
    headers: { upgrade: 'websocket', 'sec-websocket-protocol': 'sip', ...headers },
  })
}

export async function wireOf(person: Pick<Person, 'token'>): Promise<WebSocket> {
  return opened(await sipUpgrade('', { authorization: `Bearer ${person.token}` }))
}
export async function demoWire(): Promise<WebSocket> {
  return opened(await sipUpgrade('?guest=demo-telephone', { origin: ORIGIN }))
}
function opened(answer: Response): WebSocket {
  if (!answer.webSocket) throw new Error(`not upgraded: ${answer.status}`)
  answer.webSocket.accept()
  return answer.webSocket
}

/** A registered phone of this person. */
export async function phoneOf(person: Pick<Person, 'token' | 'username'>, instance?: string): Promise<SipAgent> {
  const phone = new SipAgent(person.username, await wireOf(person), instance)
  await phone.register()
  return phone
}

export type Talking = {
  alice: SipAgent
  bob: SipAgent
  people: { alice: Person; bob: Person }
  /** alice's dialog. */
  dialog: Dialog
  /** bob's dialog. */
  answered: Dialog
  callId: string
  room: CallPort
}

/** alice has called bob, bob has answered, all is acknowledged. */
export async function talking(people?: { alice: Person; bob: Person }): Promise<Talking> {
  const both = people ?? { alice: await signedIn('agent', 'alice'), bob: await signedIn('agent', 'bob') }
  const [alice, bob] = [await phoneOf(both.alice), await phoneOf(both.bob)]
  const dialog = alice.invite(both.bob.username)
  const invite = await bob.request('INVITE')
  bob.answer(invite, 180)
  await alice.response(180, 'INVITE')
  bob.answer(invite, 200, { body: SDP('bob') })
  const ok = await alice.response(200, 'INVITE')
  dialog.ack(ok)
  await bob.request('ACK')
  const callId = ok.header('X-Switchroom-Call')
  await acknowledged(callId)
  return { alice, bob, people: both, dialog, answered: bob.dialogOf(invite), callId, room: callRoom(env, callId) }
}

/**
 * Resolves when the call has had the ACK to its 200. The edge acknowledges the callee by itself, and under test the runtime
 * loads a room's code at every event, so that two frames sent back to back may come in either order.
 */
export async function acknowledged(callId: string): Promise<void> {
  const owed = () =>
    runInDurableObject(
      env.CALL.getByName(callId),
      (_room, { storage }) =>
        storage.sql
          .exec("SELECT 1 FROM part WHERE key LIKE 'leg:%' AND json_extract(json, '$.ok') IS NOT NULL")
          .toArray().length,
    )
  await expect.poll(owed).toBe(0)
}

export async function hangUp({ alice, bob, dialog }: Talking): Promise<void> {
  dialog.ask('BYE')
  const bye: Heard = await bob.request('BYE')
  bob.answer(bye, 200)
  await alice.response(200, 'BYE')
}

/** The CallRoom of a call this AOR's phone placed, as soon as it has heard 100. */
export const callIdOf = (aor: string, sipCallId: string): Promise<string> => agentRoom(env, aor).roomOf(sipCallId)
