import { shownBy, type Shown } from '#shared/domain/trunk/caller-id'
import { dialledAs } from '#shared/domain/trunk/dialling'
import type { TrunkState } from '#shared/protocol/trunks'
import { SBC, trunkAor } from '../carriers/trunk'
import type { Env } from '../env'
import { log } from '../log'
import type { SipMessage, SipRequest } from '../sip/message'
import { identityOf } from '../sip/trunk/identity'
import { callingNumber, dialledNumber, judgeTrunk } from '../sip/trunk/incoming'
import { echoOf, writeResponse } from '../sip/write'
import { SipRows } from './agent/sip-rows'
import { callRoom } from './doors'
import type { CallerContext, TrunkAccount, TrunkClaim, TrunkPort } from './ports'
import { Room, withTimeout } from './room'
import { openShellTables, type Timer } from './shell-store'
import { CallDoors } from './trunk/call-doors'
import { TrunkLine } from './trunk/line'
import { TrunkStore } from './trunk/trunk-store'

/** How often the calls that have a channel are asked whether they still go on. */
const CHANNELS_MS = 60_000

/**
 * One account at an SBC (SIP-9): its line (trunk/line.ts) and its channels. Calls are CallRooms'; what they say goes out here,
 * and what the SBC says of them goes there.
 */
export class TrunkRoom extends Room implements TrunkPort {
  private readonly store: TrunkStore
  private owed: SipRows
  private readonly calls: CallDoors
  private readonly line: TrunkLine
  private account: TrunkAccount | null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new TrunkStore(this.sql)
    this.owed = new SipRows(this.sql)
    this.calls = new CallDoors(env, trunkAor(this.name))
    this.account = this.store.account()
    this.line = new TrunkLine(
      {
        env,
        trunkId: () => this.name,
        store: this.store,
        shell: this.shell,
        owed: () => this.owed,
        inTheBackground: (decide) => this.inTheBackground(decide),
        waitUntil: (going) => ctx.waitUntil(going),
        onMessage: (message, text) => this.onMessage(message, text),
        onBack: () => ctx.waitUntil(this.tellCalls()),
      },
      this.account,
      this.store.channels().length > 0,
    )
  }

  // ---- what others ask ------------------------------------------------------------------------------------------

  async configure(account: TrunkAccount): Promise<void> {
    if (this.account && this.account.version >= account.version) return
    await this.inGroup(null, () => {
      this.store.keepAccount(account)
      this.shell.setTimer('channels', Date.now() + CHANNELS_MS)
    })
    this.account = account
    this.line.lead(account)
    if (!account.enabled) await this.inGroup(null, () => this.line.clearTimers())
  }

  async remove(): Promise<void> {
    this.account = null
    this.line.lead(null)
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    openShellTables(this.sql)
    this.shell.reload()
    this.store.open()
    this.owed = new SipRows(this.sql) // what a call still says to it falls into nothing
  }

  async state(): Promise<TrunkState> {
    return { ...this.line.state(), fault: this.store.fault(), calls: this.store.channels().length }
  }

  async claim(callId: string, number: string, shown: Shown): Promise<TrunkClaim> {
    const { account } = this
    if (!account || !this.line.isRegistered) return { refused: 'down' }
    const hasChannel = await this.inGroup(null, () => this.store.claim(callId, account.channels, Date.now()))
    if (!hasChannel) return { refused: 'full' }
    const { domain, form, dialPrefix } = account
    const identity = identityOf(account, shownBy(account, shown), shown.isWithheld)
    return { uri: `sip:${dialledAs(number, form, dialPrefix)}@${domain}`, ...identity, ...keysOf(account) }
  }

  async callEnded(callId: string): Promise<void> {
    await this.inGroup(null, () => this.store.free(callId))
  }

  async deliver(instance: string, texts: string[]): Promise<boolean> {
    if (this.line.isRegistered) {
      for (const text of texts) this.line.say(text)
      return true
    }
    if (texts.length === 0) return false
    await this.inGroup(null, () => {
      this.owed.owe(instance, texts, Date.now())
      this.shell.setTimer('owed', this.owed.forgetOld(Date.now()) ?? Date.now())
    })
    return false
  }

  protected override onTimer(timer: Timer, now: number): void {
    if (timer.name === 'owed') {
      const next = this.owed.forgetOld(now)
      if (next !== null) this.shell.setTimer('owed', next)
      return
    }
    if (timer.name === 'channels') {
      if (this.account) this.shell.setTimer('channels', now + CHANNELS_MS)
      return this.ctx.waitUntil(this.askAfterCalls())
    }
    this.line.onTimer(timer)
  }

  // ---- what the SBC says ----------------------------------------------------------------------------------------

  private onMessage(message: SipMessage, text: string): void {
    if (message.kind === 'request') this.onRequest(message, text)
    else this.toCall(message, text, null)
  }

  private onRequest(request: SipRequest, text: string): void {
    const verdict = judgeTrunk(request)
    switch (verdict.go) {
      case 'nowhere':
        return
      case 'answer':
        return this.answer(request, verdict.status, verdict.reason, verdict.headers)
      case 'call':
        return this.toCall(request, text, null)
      case 'open':
        return this.onInvite(request, text)
    }
  }

  /** A call comes in: 100 at once (RFC 3261 §8.2.6.1), then whose number it is, and whether a channel is free. */
  private onInvite(invite: SipRequest, text: string): void {
    const { account } = this
    if (!account) return
    this.answer(invite, 100, 'Trying')
    const { numbers, channels, domain } = account
    const number = dialledNumber(
      invite,
      numbers.map((one) => one.number),
    )
    if (number === null) return this.answer(invite, 404, 'Number Not Ours')
    const rings = numbers.find((one) => one.number === number)!
    const from = callingNumber(invite, number)
    const aor = trunkAor(account.id)
    const trunk = { trunkId: account.id, number, rings, from, domain, ...keysOf(account) }
    const who = { userId: aor, username: from, name: from, extension: null, role: 'guest' as const, lease: null }
    const callId = this.calls.roomOf(invite.callId)
    this.ctx.waitUntil(
      this.inGroup(null, () => this.store.claim(callId, channels, Date.now())).then(
        (hasChannel) =>
          hasChannel
            ? this.toCall(invite, text, { ...who, trunk })
            : this.answer(invite, 503, 'No Channel Free', ['Retry-After: 10']),
        () => this.answer(invite, 503, 'Service Unavailable'),
      ),
    )
  }

  private toCall(message: SipMessage, text: string, caller: CallerContext | null): void {
    const room = this.calls.roomOf(message.callId)
    this.ctx.waitUntil(
      this.calls.receive(room, SBC, text, caller).catch((fault: unknown) => {
        log.warn('call not reached', { room: this.name, callId: room, fault })
        if (message.kind === 'request' && message.method !== 'ACK') this.answer(message, 503, 'Service Unavailable')
      }),
    )
  }

  private answer(request: SipRequest, status: number, reason: string, headers: string[] = []): void {
    const toTag = status === 100 ? {} : { toTag: crypto.randomUUID() }
    this.line.answer(writeResponse(echoOf(request), status, reason, { ...toTag, headers }))
  }

  /** The SBC knows the old connection as the way to calls that go on. */
  private async tellCalls(): Promise<void> {
    const told = this.store
      .channels()
      .map((callId) => withTimeout(callRoom(this.env, callId).reconnected(trunkAor(this.name)), 2_000))
    for (const outcome of await Promise.allSettled(told))
      if (outcome.status === 'rejected') log.warn('call not told of the connection', { fault: outcome.reason })
  }

  /** A channel whose call is over, or was never made, is free again, also where its end was not heard. */
  private async askAfterCalls(): Promise<void> {
    for (const callId of this.store.channels()) {
      try {
        const picture = await withTimeout(callRoom(this.env, callId).picture(), 2_000)
        if (!picture || picture.endedAt !== null) await this.callEnded(callId)
      } catch (fault) {
        log.warn('call did not answer its trunk', { callId, fault })
      }
    }
  }

  private inTheBackground(decide: () => void): void {
    this.ctx.waitUntil(
      this.inGroup(null, decide).catch((fault: unknown) => log.error('trunk state not kept', { fault })),
    )
  }
}

/** PHONE-4: how its carrier wants to be told keys; one that was kept before it could be said takes them in the sound. */
const keysOf = ({ dtmf }: TrunkAccount): { keys?: 'info' } => (dtmf === 'info' ? { keys: 'info' } : {})
