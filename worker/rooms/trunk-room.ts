import { reconnectDelay } from '#shared/domain/trunk/backoff'
import { shownBy, type Shown } from '#shared/domain/trunk/caller-id'
import { dialledAs } from '#shared/domain/trunk/dialling'
import { trunkAddress, type TrunkState } from '#shared/protocol/trunks'
import { openSecret } from '../auth/secret-box'
import { SBC, trunkAor } from '../carriers/trunk'
import type { Env } from '../env'
import { log } from '../log'
import { parseMessage, type SipMessage, type SipRequest } from '../sip/message'
import { identityOf } from '../sip/trunk/identity'
import { callingNumber, dialledNumber, judgeTrunk } from '../sip/trunk/incoming'
import {
  begin,
  isOwn,
  keepAlive,
  onResponse,
  pong,
  refresh,
  silence,
  unregister,
  type Account,
  type Failure,
  type Registration,
  type Step,
} from '../sip/trunk/registration'
import { signed } from '../sip/trunk/signed'
import { echoOf, refusalOf, writeResponse } from '../sip/write'
import { SipRows } from './agent/sip-rows'
import { Unheard } from './agent/unheard'
import { callRoom } from './doors'
import type { CallerContext, TrunkAccount, TrunkClaim, TrunkPort } from './ports'
import { Room, withTimeout } from './room'
import { openShellTables, type Timer } from './shell-store'
import { CallDoors } from './trunk/call-doors'
import { TrunkStore } from './trunk/trunk-store'
import { openWire, type Wire } from './trunk/wire'

/** How often the calls that have a channel are asked whether they still go on. */
const CHANNELS_MS = 60_000

/**
 * One account at an SBC (SIP-9): the connection, its registration, and the channels. Calls are CallRooms'; what they say goes
 * out here, and what the SBC says of them goes there.
 *
 *   off ──configure──▶ connecting ──200──▶ registered
 *                          ▲  └── fault ──▶ waiting ──┐
 *                          └───────── timer ◀─────────┘     every timer is a row: an evicted or restarted room goes on by itself
 */
export class TrunkRoom extends Room implements TrunkPort {
  private readonly store: TrunkStore
  private owed: SipRows
  private readonly calls: CallDoors
  private account: TrunkAccount | null
  private password: string | null = null
  private wire: Wire | null = null
  private registration: Registration | null = null
  private isConnecting = false
  /** What was said to the SBC and may have been lost with its connection. */
  private readonly unheard = new Unheard()
  /** Also for a room that was evicted with calls on it: to tell them once more does no harm. */
  private hasStood = false
  /** Rises with every connection: what an older one still says is not heard. */
  private connection = 0
  private failures = 0
  private since = Date.now()
  private retryAt: number | null = null

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.store = new TrunkStore(this.sql)
    this.owed = new SipRows(this.sql)
    this.calls = new CallDoors(env, trunkAor(this.name))
    this.account = this.store.account()
    this.hasStood = this.store.channels().length > 0
    if (this.account?.enabled) setTimeout(() => this.dial(), 0)
  }

  // ---- what others ask ------------------------------------------------------------------------------------------

  async configure(account: TrunkAccount): Promise<void> {
    const before = this.account
    if (before && before.version >= account.version) return
    await this.inGroup(null, () => {
      this.store.keepAccount(account)
      this.shell.setTimer('channels', Date.now() + CHANNELS_MS)
    })
    this.account = account
    if (this.isRegistered && before && isSameLine(before, account)) return
    this.hangUpWire()
    this.password = null
    this.failures = 0
    if (account.enabled) this.dial()
    else await this.clearTimers()
  }

  async remove(): Promise<void> {
    this.hangUpWire()
    this.account = null
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    openShellTables(this.sql)
    this.shell.reload()
    this.store.open()
    this.owed = new SipRows(this.sql) // what a call still says to it falls into nothing
  }

  async state(): Promise<TrunkState> {
    const fault = this.store.fault()
    const calls = this.store.channels().length
    const phase = !this.account?.enabled
      ? 'off'
      : this.isRegistered
        ? 'registered'
        : this.retryAt !== null
          ? 'waiting'
          : 'connecting'
    return { phase, since: this.since, retryAt: phase === 'waiting' ? this.retryAt : null, fault, calls }
  }

  async claim(callId: string, number: string, shown: Shown): Promise<TrunkClaim> {
    const { account } = this
    if (!account || !this.isRegistered) return { refused: 'down' }
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
    const { wire, account, password } = this
    if (wire && account && password !== null && this.isRegistered) {
      for (const text of texts) this.say(text, { ...account, password })
      return true
    }
    if (texts.length === 0) return false
    await this.inGroup(null, () => {
      this.owed.owe(instance, texts, Date.now())
      this.shell.setTimer('owed', this.owed.forgetOld(Date.now()) ?? Date.now())
    })
    return false
  }

  // ---- the line -------------------------------------------------------------------------------------------------

  private get isRegistered(): boolean {
    return this.wire !== null && this.registration?.isRegistered === true
  }

  private dial(): void {
    const { account } = this
    if (!account?.enabled || this.wire || this.isConnecting) return
    this.isConnecting = true
    this.retryAt = null
    const mine = ++this.connection
    const isMine = () => mine === this.connection
    const events = {
      onText: (data: string | ArrayBuffer) => {
        if (isMine()) this.onText(data)
      },
      onClose: () => {
        if (isMine()) this.fail({ code: 'closed', detail: null, isRefused: false })
      },
    }
    const opening = (async () => {
      this.password ??= await openSecret(this.env.PASSWORD_PEPPER, account.id, account.secret)
      if (this.password === null) throw new SecretLost()
      return openWire(account.url, events)
    })()
    this.ctx.waitUntil(
      opening.then(
        (wire) => {
          if (!isMine()) return wire.close()
          this.isConnecting = false
          this.wire = wire
          this.take(begin(this.credentials!, chance))
        },
        (fault: unknown) => {
          if (!isMine()) return
          const code = fault instanceof SecretLost ? 'secret-lost' : 'unreachable'
          this.fail({ code, detail: wordsOf(fault), isRefused: fault instanceof SecretLost })
        },
      ),
    )
  }

  private get credentials(): Account | null {
    const { account, password } = this
    if (!account || password === null) return null
    const { id: trunkId, url, domain, username, authName } = account
    const transport = trunkAddress(url)?.transport ?? 'wss'
    return { trunkId, domain, username, authName, password, transport }
  }

  /** What the registration decided: said, timed, and told when it changed what the trunk can do. */
  private take({ registration, sends, timers, failure }: Step): void {
    const wasRegistered = this.isRegistered
    this.registration = registration
    for (const text of sends) this.wire?.send(text)
    if (failure) return this.fail(failure)
    const now = Date.now()
    const isNew = !wasRegistered && this.isRegistered
    const isBack = isNew && this.hasStood
    if (isNew) {
      this.since = now
      this.failures = 0
      this.hasStood = true
    }
    this.inTheBackground(() => {
      for (const [name, ms] of Object.entries(timers)) {
        if (ms === null) this.shell.clearTimer(name)
        else this.shell.setTimer(name, now + ms)
      }
      const { credentials } = this
      if (!isNew || !credentials) return
      // what was said into a connection that was dead already, then what waited for one
      for (const text of [...this.unheard.again(SBC, now), ...this.owed.settle(SBC, now)]) this.say(text, credentials)
      if (isBack) this.ctx.waitUntil(this.tellCalls())
    })
  }

  private say(text: string, account: Pick<Account, 'username' | 'authName' | 'password'>): void {
    this.unheard.say(SBC, text, Date.now())
    this.wire?.send(signed(text, account, token()))
  }

  /** The SBC knows the old connection as the way to calls that go on. */
  private async tellCalls(): Promise<void> {
    const told = this.store
      .channels()
      .map((callId) => withTimeout(callRoom(this.env, callId).reconnected(trunkAor(this.name)), 2_000))
    for (const outcome of await Promise.allSettled(told))
      if (outcome.status === 'rejected') log.warn('call not told of the connection', { fault: outcome.reason })
  }

  private fail({ code, detail, isRefused }: Failure): void {
    const now = Date.now()
    this.dropWire()
    this.failures++
    this.since = now
    const delay = reconnectDelay(this.failures, isRefused, Math.random())
    this.retryAt = now + delay
    if (this.failures === 1) log.warn('trunk lost', { trunkId: this.name, code })
    this.inTheBackground(() => {
      // every further try that fails the same way is no news
      if (this.failures === 1 || this.store.fault()?.code !== code) this.store.keepFault({ code, at: now, detail })
      for (const name of ['answer', 'refresh', 'alive']) this.shell.clearTimer(name)
      this.shell.setTimer('connect', now + delay)
    })
  }

  private dropWire(): void {
    this.connection++
    this.isConnecting = false
    const { wire } = this
    this.wire = null
    this.registration = null
    wire?.close()
  }

  /** Signs off first, where there is something to sign off from. */
  private hangUpWire(): void {
    const { credentials } = this
    if (this.wire && this.registration && credentials)
      for (const text of unregister(this.registration, credentials, chance)) this.wire.send(text)
    this.dropWire()
    this.since = Date.now()
    this.retryAt = null
  }

  private clearTimers(): Promise<void> {
    return this.inGroup(null, () => {
      for (const name of ['connect', 'answer', 'refresh', 'alive']) this.shell.clearTimer(name)
    })
  }

  protected override onTimer({ name }: Timer, now: number): void {
    if (name === 'owed') {
      const next = this.owed.forgetOld(now)
      if (next !== null) this.shell.setTimer('owed', next)
      return
    }
    if (name === 'channels') {
      if (this.account) this.shell.setTimer('channels', now + CHANNELS_MS)
      return this.ctx.waitUntil(this.askAfterCalls())
    }
    const { registration, credentials } = this
    // after an eviction there is no socket: whatever timer it was, the way is a new one
    if (!registration || !credentials) return void setTimeout(() => this.dial(), 0)
    if (name === 'answer') setTimeout(() => this.take(silence(registration)), 0)
    if (name === 'refresh') setTimeout(() => this.take(refresh(registration, credentials, chance)), 0)
    if (name === 'alive') setTimeout(() => this.take(keepAlive(registration, credentials, chance)), 0)
  }

  // ---- what the SBC says ----------------------------------------------------------------------------------------

  private onText(data: string | ArrayBuffer): void {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
    // a keep-alive, or its answer (RFC 5626 §4.4.1)
    if (text.trim() === '') return this.registration ? this.take(pong(this.registration)) : undefined
    const parsed = parseMessage(text)
    if (!parsed.ok) {
      const refusal = refusalOf(parsed.malformed)
      if (refusal) this.wire?.send(refusal)
      return
    }
    const { message } = parsed
    if (message.kind === 'request') return this.onRequest(message, text)
    const { registration, credentials } = this
    if (registration && credentials && isOwn(registration, message))
      return this.take(onResponse(registration, credentials, message, chance))
    if (message.status >= 200) this.unheard.answered(SBC, message.via.branch ?? '', message.cseq.method)
    this.toCall(message, text, null)
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
    const toTag = status === 100 ? {} : { toTag: token() }
    this.wire?.send(writeResponse(echoOf(request), status, reason, { ...toTag, headers }))
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

class SecretLost extends Error {
  override message = 'enter the password again'
}

/** Whether the account at the SBC is the same: then a changed name or number needs no new registration. */
function isSameLine(one: TrunkAccount, other: TrunkAccount): boolean {
  const line = ({ enabled, url, domain, username, authName, secret }: TrunkAccount) =>
    JSON.stringify([enabled, url, domain, username, authName, secret])
  return line(one) === line(other)
}

const token = () => crypto.randomUUID().replaceAll('-', '').slice(0, 12)
const chance = { token }
const wordsOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)).slice(0, 120)

/** PHONE-4: how its carrier wants to be told keys; one that was kept before it could be said takes them in the sound. */
const keysOf = ({ dtmf }: TrunkAccount): { keys?: 'info' } => (dtmf === 'info' ? { keys: 'info' } : {})
