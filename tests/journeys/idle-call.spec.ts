import { expect } from '@playwright/test'
import type { MeEvent } from '#shared/protocol/live'
import { liveWire, registered } from '../support/node-wire'
import { SDP } from '../support/sip-agent'
import { test, token } from './fixtures'

test.use({ file: 'idle-call' })

/** Longer than the runtime keeps a room in memory that has nothing to do. */
const IDLE_MS = 14_000

const isOnCall = (event: MeEvent) => event.type === 'agent-state-changed' && event.me.state === 'on-call'

test('[SIP-4] two people talk for a while and press nothing: their rooms sleep, and hanging up still ends both sides', async ({
  house,
}) => {
  const [forAlice, forBob] = [await token(house, 'alice'), await token(house, 'bob')]
  const alice = await registered(house.url, forAlice, 'alice')
  const bob = await registered(house.url, forBob, 'bob')
  const live = await liveWire<MeEvent>(house.url, forAlice, 'me')

  const dialog = alice.invite('bob')
  const invite = await bob.request('INVITE')
  bob.answer(invite, 180)
  await alice.response(180, 'INVITE')
  bob.answer(invite, 200, { body: SDP('bob') })
  dialog.ack(await alice.response(200, 'INVITE'))
  await bob.request('ACK')
  await expect.poll(() => live.said.filter(isOnCall)).not.toEqual([])
  const awake = live.said.at(-1)?.epoch

  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  expect([alice.closed, bob.closed]).toEqual([null, null])
  dialog.ask('BYE')
  bob.answer(await bob.request('BYE'), 200)
  await alice.response(200, 'BYE')
  // a room that slept starts a new epoch: this was no room that had simply stayed awake
  await expect.poll(() => live.said.at(-1)?.epoch).not.toBe(awake)
  for (const wire of [alice, bob]) wire.unplug()
  live.wire.close()
})
