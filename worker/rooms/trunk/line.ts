import { reconnectDelay } from '#shared/domain/trunk/backoff'
import { trunkAddress, type TrunkState } from '#shared/protocol/trunks'
import { openSecret } from '../../auth/secret-box'
import { SBC } from '../../carriers/trunk'
import type { Env } from '../../env'
import { log } from '../../log'
import { parseMessage, type SipMessage } from '../../sip/message'
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
} from '../../sip/trunk/registration'
import { signed } from '../../sip/trunk/signed'
import { refusalOf } from '../../sip/write'
import type { SipRows } from '../agent/sip-rows'
import { Unheard } from '../agent/unheard'
import type { TrunkAccount } from '../ports'
import type { ShellStore, Timer } from '../shell-store'
import type { TrunkStore } from './trunk-store'
import { openWire, type Wire } from './wire'

/** What a line has of its room. */
type Room = {
  env: Env
  trunkId: () => string
  store: TrunkStore
  shell: ShellStore
  owed: () => SipRows
  /** A group of its own, which nobody waits for. */
  inTheBackground: (decide: () => void) => void
  waitUntil: (going: Promise<unknown>) => void
  /** The SBC says something that is not of the registration. */
  onMessage: (message: SipMessage, text: string) => void
  /** Registered over a new connection after an older one: the SBC knows that one as the way to calls that go on. */
  onBack: () => void
}

/**
 * A trunk's connection to its SBC, and its registration over it (SIP-9).
 *
 *   off ──lead──▶ connecting ──200──▶ registered
 *                     ▲  └── fault ──▶ waiting ──┐
 *                     └───────── timer ◀─────────┘     every timer is a row: an evicted or restarted room goes on by itself
 */
export class TrunkLine {
  private password: string | null = null
  private wire: Wire | null = null
  private registration: Registration | null = null
  private isConnecting = false
  /** What was said to the SBC and may have been lost with its connection. */
  private readonly unheard = new Unheard()
  /** Rises with every connection: what an older one still says is not heard. */
  private connection = 0
  private failures = 0
  private since = Date.now()
  private retryAt: number | null = null

  constructor(
    private readonly room: Room,
    private account: TrunkAccount | null,
    /** Also for a room that was evicted with calls on it: to tell them once more does no harm. */
    private hasStood: boolean,
  ) {
    if (account?.enabled) this.dialSoon()
  }

  get isRegistered(): boolean {
    return this.wire !== null && this.registration?.isRegistered === true
  }

  state(): Pick<TrunkState, 'phase' | 'since' | 'retryAt'> {
    const { since, retryAt } = this
    if (!this.account?.enabled) return { phase: 'off', since, retryAt: null }
    if (this.isRegistered) return { phase: 'registered', since, retryAt: null }
    return { phase: retryAt === null ? 'connecting' : 'waiting', since, retryAt }
  }

  /** To this account from now on; null: to none. One that is the same at the SBC keeps its connection. */
  lead(account: TrunkAccount | null): void {
    const before = this.account
    const isKept = this.isRegistered && before && account && isSameLine(before, account)
    if (isKept) {
      this.account = account
      return
    }
    this.hangUp()
    this.account = account
    this.password = null
    this.failures = 0
    if (account?.enabled) this.dial()
  }

  /** With credentials where it is asked for them; what a connection that goes meanwhile did not take, the next one does. */
  say(text: string): void {
    if (this.credentials) this.sayAs(text, this.credentials)
  }

  /** As it is, where there is a connection. */
  answer(text: string): void {
    this.wire?.send(text)
  }

  onTimer({ name }: Timer): void {
    const { registration, credentials } = this
    // after an eviction there is no socket: whatever timer it was, the way is a new one
    if (!registration || !credentials) return this.dialSoon()
    if (name === 'answer') setTimeout(() => this.take(silence(registration)), 0)
    if (name === 'refresh') setTimeout(() => this.take(refresh(registration, credentials, chance)), 0)
    if (name === 'alive') setTimeout(() => this.take(keepAlive(registration, credentials, chance)), 0)
  }

  /** Inside a group. */
  clearTimers(): void {
    for (const name of ['connect', ...WHILE_CONNECTED]) this.room.shell.clearTimer(name)
  }

  // ---- the connection -------------------------------------------------------------------------------------------

  /** Not within the group, or the constructor, that it is asked in. */
  private dialSoon(): void {
    setTimeout(() => this.dial(), 0)
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
        if (isMine()) this.hear(data)
      },
      onClose: () => {
        if (isMine()) this.fail({ code: 'closed', detail: null, isRefused: false })
      },
    }
    const opening = (async () => {
      this.password ??= await openSecret(this.room.env.PASSWORD_PEPPER, account.id, account.secret)
      if (this.password === null) throw new SecretLost()
      return openWire(account.url, events)
    })()
    this.room.waitUntil(
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

  private fail({ code, detail, isRefused }: Failure): void {
    const { store, shell } = this.room
    const now = Date.now()
    this.drop()
    this.failures++
    this.since = now
    const delay = reconnectDelay(this.failures, isRefused, Math.random())
    this.retryAt = now + delay
    if (this.failures === 1) log.warn('trunk lost', { trunkId: this.room.trunkId(), code })
    this.room.inTheBackground(() => {
      // every further try that fails the same way is no news
      if (this.failures === 1 || store.fault()?.code !== code) store.keepFault({ code, at: now, detail })
      for (const name of WHILE_CONNECTED) shell.clearTimer(name)
      shell.setTimer('connect', now + delay)
    })
  }

  private drop(): void {
    this.connection++
    this.isConnecting = false
    const { wire } = this
    this.wire = null
    this.registration = null
    wire?.close()
  }

  /** Signs off first, where there is something to sign off from. */
  private hangUp(): void {
    const { credentials } = this
    if (this.wire && this.registration && credentials)
      for (const text of unregister(this.registration, credentials, chance)) this.wire.send(text)
    this.drop()
    this.since = Date.now()
    this.retryAt = null
  }

  // ---- the registration -----------------------------------------------------------------------------------------

  private get credentials(): Account | null {
    const { account, password } = this
    if (!account || password === null) return null
    const { id: trunkId, url, domain, username, authName } = account
    const transport = trunkAddress(url)?.transport ?? 'wss'
    return { trunkId, domain, username, authName, password, transport }
  }

  /** What the registration decided: said, timed, and told when it changed what the trunk can do. */
  private take({ registration, sends, timers, failure }: Step): void {
    const { shell, owed } = this.room
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
    this.room.inTheBackground(() => {
      for (const [name, ms] of Object.entries(timers)) {
        if (ms === null) shell.clearTimer(name)
        else shell.setTimer(name, now + ms)
      }
      const { credentials } = this
      if (!isNew || !credentials) return
      // what was said into a connection that was dead already, then what waited for one
      for (const text of [...this.unheard.again(SBC, now), ...owed().settle(SBC, now)]) this.sayAs(text, credentials)
      if (isBack) this.room.onBack()
    })
  }

  private sayAs(text: string, account: Account): void {
    this.unheard.say(SBC, text, Date.now())
    this.wire?.send(signed(text, account, chance.token()))
  }

  private hear(data: string | ArrayBuffer): void {
    const text = typeof data === 'string' ? data : new TextDecoder().decode(data)
    // a keep-alive, or its answer (RFC 5626 §4.4.1)
    if (text.trim() === '') return this.registration ? this.take(pong(this.registration)) : undefined
    const parsed = parseMessage(text)
    if (!parsed.ok) {
      const refusal = refusalOf(parsed.malformed)
      return refusal ? this.answer(refusal) : undefined
    }
    const { message } = parsed
    if (message.kind === 'response') {
      const { registration, credentials } = this
      if (registration && credentials && isOwn(registration, message))
        return this.take(onResponse(registration, credentials, message, chance))
      if (message.status >= 200) this.unheard.answered(SBC, message.via.branch ?? '', message.cseq.method)
    }
    this.room.onMessage(message, text)
  }
}

/** Timers of a connection that stands. */
const WHILE_CONNECTED = ['answer', 'refresh', 'alive']

class SecretLost extends Error {
  override message = 'enter the password again'
}

/** Whether the account at the SBC is the same: then a changed name or number needs no new registration. */
function isSameLine(one: TrunkAccount, other: TrunkAccount): boolean {
  const line = ({ enabled, url, domain, username, authName, secret }: TrunkAccount) =>
    JSON.stringify([enabled, url, domain, username, authName, secret])
  return line(one) === line(other)
}

const chance = { token: () => crypto.randomUUID().replaceAll('-', '').slice(0, 12) }
const wordsOf = (fault: unknown) => (fault instanceof Error ? fault.message : String(fault)).slice(0, 120)
