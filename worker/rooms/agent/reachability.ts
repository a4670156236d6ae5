import { heard, look, REACHABLE, silent, type Pace, type Reach, type Spell } from '#shared/domain/agent/reachability'
import type { Env } from '../../env'
import { log } from '../../log'
import type { ShellStore } from '../shell-store'
import type { AgentStore } from './agent-store'
import type { PresenceKeeper } from './presence-keeper'

const TIMER = 'reach'
/** An offer waits for the page to answer no longer than this: the customer is urgent, and others are there. */
const OFFER_MS = 1_000
/** Calls that ring one agent at once. */
const MOST_RINGING = 16

/** What rings a device, and since when. */
export type Ring = { instance: string; text: string; at: number }
type Kept = Reach & { rings: Ring[] }

export type Phones = {
  /** Registered devices. */
  count(): number
  /** When any of them said anything last: a message, or a keep-alive that the runtime answered. */
  heardAt(): number | null
  /** Sends a challenge to each. */
  challenge(): void
  /** Ends a ring for the call, as if the device had refused it. */
  giveUp(ring: Ring): void
}
type Parts = {
  env: Pick<Env, 'CHALLENGE_SECONDS'>
  store: AgentStore
  shell: ShellStore
  presence: PresenceKeeper
  phones(): Phones
  onChange(): void
  inGroup(decide: () => void): Promise<void>
}

/**
 * Whether the telephones of an available agent answer (PHONE-8; decision 0225): looked at once a minute, asked only when nothing was
 * heard lately, and whenever a call rings. Its timer is a row; between looks the room sleeps.
 */
export class Reachability {
  private reach: Reach
  /** What rings and was not answered by so much as 100; rows only while a challenge waits. */
  private rings: Ring[]
  private readonly pace: Pace
  private waiting: (() => void)[] = []

  constructor(private readonly room: Parts) {
    const { rings, ...reach } = this.load()
    this.reach = reach
    this.rings = rings
    this.pace = paceOf(room.env)
  }

  private load(): Kept {
    return { ...REACHABLE, rings: [], ...this.room.store.kept<Kept>('reach') }
  }

  /** Writes were undone. Before the presence reads its rows again. */
  reload(): void {
    const { rings, ...reach } = this.load()
    this.reach = reach
    this.rings = rings
  }

  get isLost(): boolean {
    return this.reach.unreachableSince !== null
  }
  /** The last time it was not reachable, for the agent. */
  get spell(): Spell | null {
    return this.reach.spell
  }

  /** Inside a group: the agent has chosen a state, so they are there. */
  chosen(now: number): void {
    this.keep(heard(this.reach, now))
    if (this.isWatched) this.watch(now)
    else this.room.shell.clearTimer(TIMER)
  }

  /** A telephone registered. */
  phonesChanged(): void {
    if (!this.isWatched || this.room.shell.timerAt(TIMER) !== null) return
    this.inGroup(() => this.watch(Date.now()))
  }

  /** Inside a group. */
  private watch(now: number): void {
    if (this.room.shell.timerAt(TIMER) === null) this.room.shell.setTimer(TIMER, now + this.pace.everyMs)
  }

  /** Anything came from a telephone, or the agent did something. Writes only when that is news. */
  heard(): void {
    this.rings = []
    for (const go of this.waiting.splice(0)) go()
    if (this.reach.challenge === null && this.reach.unreachableSince === null) return
    const now = Date.now()
    this.show(heard(this.reach, now))
    this.inGroup(() => {
      this.keep(this.reach)
      if (this.isWatched) this.room.shell.setTimer(TIMER, now + this.pace.everyMs)
    })
    this.room.onChange()
  }

  /** A call rings there. That is a challenge by itself: a telephone says 180, or at least 100. */
  rang(instance: string, text: string): void {
    const at = Date.now()
    this.rings = [...this.rings.slice(1 - MOST_RINGING), { instance, text, at }]
    setTimeout(() => {
      if (!this.rings.some((ring) => ring.at === at)) return
      const heardAt = this.room.phones().heardAt()
      if (heardAt !== null && heardAt > at) return void (this.rings = this.rings.filter((ring) => ring.at !== at))
      this.inGroup(() => {
        this.show(silent(this.reach, at))
        this.look(Date.now())
      })
    }, this.pace.answerMs)
  }

  /** Before something is given unasked: whether the page answers now. */
  async answersNow(): Promise<boolean> {
    const phones = this.room.phones()
    const heardAt = phones.heardAt()
    if (phones.count() === 0 || (heardAt !== null && Date.now() - heardAt < this.pace.freshMs)) return true
    const isHeard = new Promise<boolean>((answer) => {
      const late = setTimeout(() => answer(false), OFFER_MS)
      this.waiting.push(() => {
        clearTimeout(late)
        answer(true)
      })
    })
    phones.challenge()
    if (await isHeard) return true
    this.inGroup(() => this.look(Date.now()))
    return false
  }

  /** Inside a group. False: the timer is not this. */
  onTimer(name: string, now: number): boolean {
    if (name !== TIMER) return false
    this.look(now)
    return true
  }

  /** Inside a group. */
  private look(now: number): void {
    const { shell } = this.room
    const phones = this.room.phones()
    // nobody to ask: whoever is lost stays so until something is heard; for the rest, going away is another rule (AGENT-2)
    if (phones.count() === 0 && !this.isLost) return this.keep({ ...REACHABLE, spell: this.reach.spell })
    if (!this.isWatched && this.rings.length === 0) return this.keep({ ...REACHABLE, spell: this.reach.spell })
    const seen = look(this.reach, phones.heardAt(), now, this.pace)
    if (seen.asks) phones.challenge()
    const isLostNow = seen.reach.unreachableSince !== null && !this.isLost
    this.show(seen.reach)
    if (isLostNow) {
      log.info('agent not reachable', { rings: this.rings.length })
      for (const ring of this.rings.splice(0)) phones.giveUp(ring)
    }
    this.keep(seen.reach)
    shell.setTimer(TIMER, seen.nextAt)
  }

  /** Those who may be given something: the available. Anybody else is asked only when a call rings. */
  private get isWatched(): boolean {
    return this.room.presence.now.chosen.state === 'available' && (this.isLost || this.room.phones().count() > 0)
  }

  private show(reach: Reach): void {
    const { presence } = this.room
    this.reach = reach
    if (presence.now.unreachableSince !== reach.unreachableSince)
      presence.now = { ...presence.now, unreachableSince: reach.unreachableSince }
  }

  /** Inside a group. The row is written only when it says something else. */
  private keep(reach: Reach): void {
    this.show(reach)
    const kept: Kept = { ...reach, rings: reach.challenge ? this.rings : [] }
    if (JSON.stringify(kept) !== JSON.stringify(this.load())) this.room.store.keep('reach', kept)
  }

  private inGroup(decide: () => void): void {
    this.room
      .inGroup(decide)
      .then(() => this.room.onChange())
      .catch((fault: unknown) => log.warn('reachability not kept', { fault }))
  }
}

const paceOf = ({ CHALLENGE_SECONDS }: Parts['env']): Pace => {
  const everyMs = Number(CHALLENGE_SECONDS) > 0 ? Number(CHALLENGE_SECONDS) * 1000 : 60_000
  return { everyMs, freshMs: everyMs / 3, answerMs: Math.min(5_000, everyMs) }
}
