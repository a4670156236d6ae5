import { env, runInDurableObject } from 'cloudflare:test'
import { uuidv7 } from 'uuidv7'
import type { MeEvent } from '#shared/protocol/live'
import type { LeaseView } from '#shared/protocol/pulls'
import type { AgentRoom } from '#worker/rooms/agent-room'
import { agentRoom } from '#worker/rooms/doors'
import type { AgentPort, Binding, CallNews } from '#worker/rooms/ports'
import { Viewer } from './live-viewer'
import { signedIn, type Person } from './people'
import { makePool } from './pools'

export const stubOf = (person: Person) => env.AGENT.getByName(person.id)
/** A new stub for each call: the one held while its room was aborted stays broken. */
export const roomOf = (person: Person): AgentPort =>
  new Proxy({} as AgentPort, {
    get:
      (_, name) =>
      (...given: never[]) =>
        (agentRoom(env, person.id)[name as keyof AgentPort] as (...all: never[]) => unknown)(...given),
  })
export const watch = (person: Person) => Viewer.of(stubOf(person), { userId: person.id, sessionId: person.sessionId })
export const meOf = (viewer: Viewer) =>
  (viewer.heard.findLast((event) => 'me' in event) as Extract<MeEvent, { type: 'snapshot' }> | undefined)?.me
export const stateOf = (viewer: Viewer) => meOf(viewer)?.state

export async function onDuty(name: string): Promise<Person> {
  const person = await signedIn('agent', name)
  await agentRoom(env, person.id).setState(person.actor, 'available', null)
  return person
}
export async function withCustomer(name: string, wrapUpSeconds = 30): Promise<{ alice: Person; held: LeaseView }> {
  const alice = await onDuty(name)
  await makePool([alice.id], 3, { wrapUpSeconds })
  const pulled = await agentRoom(env, alice.id).pull(alice.actor, { id: null, poolId: null })
  return { alice, held: (pulled as { reply: LeaseView }).reply }
}
export const leaseOf = ({ lease, entry }: LeaseView) => ({
  poolId: entry.poolId,
  entryId: entry.id,
  token: lease.token,
})

let rev = 0
export function news(
  person: Person,
  state: CallNews['call']['state'],
  held: LeaseView | null,
  change: Partial<CallNews['call']> = {},
  callId = 'call',
): CallNews {
  const now = Date.now()
  const ended = state === 'completed' || state === 'failed'
  const talked = state === 'in-progress' || state === 'completed'
  return {
    call: {
      callId,
      state,
      direction: held ? 'outgoing' : 'internal',
      agentId: person.id,
      agentName: person.name,
      other: held?.customer.phone ?? '102',
      customerName: held?.customer.name ?? null,
      poolId: held?.entry.poolId ?? null,
      startedAt: now,
      answeredAt: talked ? now : null,
      endedAt: ended ? now : null,
      hangupCause: ended ? 'normal' : null,
      rev: ++rev,
      ...change,
    },
    side: 'caller',
    lease: held ? leaseOf(held) : null,
    talkMs: ended && talked ? 65_000 : null,
    sipStatus: null,
  }
}
export const dispose = (held: LeaseView, disposition = 'reached') => ({
  ...leaseOf(held),
  id: uuidv7(),
  kind: 'record-disposition' as const,
  at: Date.now(),
  disposition,
})
/** Lets a timer that is due much later come due now. */
export async function comesDue(person: Person, timer: string): Promise<void> {
  await runInDurableObject(stubOf(person), async (room: AgentRoom, state) => {
    state.storage.sql.exec('UPDATE timer SET at = 1 WHERE name LIKE ?', `${timer}%`)
    await room.alarm()
  })
}
/** As if the page of the demo telephone had registered. */
export const demoTelephone = (bindings: Binding[]) =>
  runInDurableObject(env.AGENT.getByName('guest-demo-telephone'), (guest) => {
    ;(guest as unknown as { line: { bindings(): Binding[] } }).line.bindings = () => bindings
  })
export const sleepAndWake = (person: Person) =>
  runInDurableObject(stubOf(person), (_room, state) => state.abort('slept')).catch(() => undefined)
