import { uuidv7 } from 'uuidv7'
import type { AgentCommand } from '#shared/protocol/commands'
import type { CustomerNews } from '#shared/protocol/customer-edit'
import { changed, type FieldChange } from '#shared/domain/pool/card-edit'
import type { Owed } from '#shared/protocol/live'
import type { CallbackDue, LeaseView, NothingDue } from '#shared/protocol/pulls'
import type { Me } from '#shared/protocol/session'
import type { Trouble } from '$lib/api/reply'
import { askToPersist, openDeviceDb } from '$lib/offline/device-db'
import { Outbox } from '$lib/offline/outbox.svelte'
import { OutboxStore } from '$lib/offline/outbox-store'
import { TabChannel } from '$lib/offline/tab-channel'
import { whyNotDialled } from '$lib/phone/call-words'
import type { Phone } from '$lib/phone/phone'
import { clock } from '$lib/ui/clock.svelte'
import { Amendments } from './amendments'
import { standing } from './callbacks'
import { AutoDial } from './auto-dial.svelte'
import { askCurrent, askPool, askPull } from './desk-api'
import { DeskKeeper, letGo, type KnownPool } from './desk-keeper'
import { DraftKeeper } from './draft-keeper'
import { isTouched, saidIn } from './draft'
import { Figures } from './figures.svelte'
import { handOf, handOfOwed, leaseIdOf, subjectOf, zoneOf, type Hand } from './hand'
import { goesOnByItself } from './dials-itself'
import { Presence } from './presence.svelte'
import { numbers } from '$lib/ui/readable-number.svelte'
import { endedLeases, endsLease } from './ended-leases'
import { Work } from './work.svelte'

export type DeskOptions = { me: Me; phone: Phone; onSignedOut: (code: Trouble['code']) => void; onOutdated: () => void }

/**
 * The agent's work (the walk of the design): pull → call → what came of it → next. Everything that must not be lost is in
 * IndexedDB before the screen moves on; nothing here asks whether there is a network.
 */
export class Desk {
  isPulling = $state(false)
  /** POOL-8: why the last pull brought nobody. */
  nothing = $state.raw<NothingDue | null>(null)
  /** Why the last thing asked could not be done; shown until the next. */
  trouble = $state.raw<Trouble | null>(null)
  /** POOL-25: given without a pull, to be said once. */
  pushed = $state.raw<LeaseView | null>(null)
  /** The last customer was of a pool that dials by itself: its next one is asked for by itself too. */
  dialsOn = $state(false)
  readonly auto = new AutoDial()
  /** What was said or promised before, changed. */
  readonly amends: Amendments

  private constructor(
    private readonly keeper: DeskKeeper,
    readonly outbox: Outbox,
    readonly work: Work,
    readonly figures: Figures,
    readonly presence: Presence,
    readonly signedOut: DeskOptions['onSignedOut'],
    private readonly phone: Phone,
    private readonly end: () => void,
  ) {
    this.amends = new Amendments(outbox, figures)
  }

  /** Opens what this device holds for this person; the server is asked afterwards, and need not answer. */
  static async open({ me, phone, onSignedOut, onOutdated }: DeskOptions): Promise<Desk> {
    const db = await openDeviceDb(me.user.id, onOutdated)
    const channel = new TabChannel(me.user.id)
    const keeper = new DeskKeeper(db)
    const outbox = new Outbox(new OutboxStore(db), channel, `switchroom-outbox-${me.user.id}`, () => clock.read())
    const work = new Work(keeper, new DraftKeeper(me.user.id), channel)
    const figures = new Figures(keeper)
    const news = {
      lineOpened: () => {
        outbox.wake()
        void desk.compare()
      },
      leaseReleased: (leaseId: string, by: string, reason: string | null) => {
        if (work.hand?.leaseId === leaseId) void work.free(by, reason)
      },
      meChanged: (_leaseId: string | null, owed: Owed[]) => void desk.askOwed(owed),
      leaseWarned: (leaseId: string, by: string) => {
        if (work.hand?.leaseId === leaseId) void work.warn(by)
      },
      leasePushed: (lease: LeaseView) => void desk.takePushed(lease),
      callbacksChanged: () => void desk.figures.refresh(),
      customerNews: (news: CustomerNews) => {
        void work.heardOfCustomer(news)
        desk.onCustomerNews?.(news)
      },
      signedOut: (code: string) => onSignedOut(code as Trouble['code']),
    }
    const presence = new Presence(me, phone, news)
    const desk: Desk = new Desk(keeper, outbox, work, figures, presence, onSignedOut, phone, () => {
      presence.stop()
      outbox.stop()
      channel.close()
      db.close()
    })
    channel.hear(({ changed }) => {
      if (changed === 'desk') void work.load()
      else if (changed === 'draft') work.loadDraft()
    })
    await Promise.all([work.load(), figures.load(), keeper.nothing().then((nothing) => (desk.nothing = nothing))])
    await outbox.start()
    presence.start()
    void askToPersist()
    void numbers.load()
    return desk
  }
  close(): void {
    this.auto.stop()
    this.end()
  }

  /** What the edge holds for me against what this desk holds; and the figures. Quiet without a network. */
  async compare(): Promise<void> {
    await this.outbox.flush()
    void this.figures.refresh()
    const reply = await askCurrent()
    if (!reply.ok) return
    const { lease, owed } = reply.value
    const { hand } = this.work
    const ended = endedLeases(this.outbox.items)
    if (lease && !ended.has(lease.lease.id)) {
      if (hand?.leaseId === lease.lease.id) await this.work.renew(lease)
      else if (!hand || (!this.isBegun(hand) && !hand.owed)) await this.work.take(handOf(lease))
    } else if (hand && !hand.owed && !hand.freed) await this.work.free(null, null)
    await this.askOwed(owed)
  }
  private isBegun(hand: Hand): boolean {
    return hand.call !== null || (this.work.draft !== null && isTouched(this.work.draft))
  }

  /** POOL-17: what is owed comes into the empty hand, oldest first; the one in hand is its own wrap-up. */
  async askOwed(owed: readonly Owed[]): Promise<void> {
    const ended = endedLeases(this.outbox.items)
    const first = owed.find((one) => !ended.has(leaseIdOf(one)))
    if (!first || this.work.hand || this.isPulling) return
    const pool = await askPool(first.poolId)
    if (pool.ok && !this.work.hand) await this.work.take(handOfOwed(first, pool.value))
  }

  /** POOL-4, 9: the next customer of my pools. What came of the last one goes first; a lost answer changes nothing. */
  async pullNext(): Promise<void> {
    if (this.isPulling || this.work.hand) return
    this.isPulling = true
    this.trouble = null
    try {
      await this.outbox.flush()
      if ((await this.outbox.readUnsent()).some(endsLease)) {
        this.trouble = { code: 'offline', status: 0 }
        return
      }
      await this.pull(true)
    } finally {
      this.isPulling = false
    }
  }
  private async pull(mayRepeat: boolean): Promise<void> {
    const reply = await askPull(await this.keeper.pullId(uuidv7))
    if (!reply.ok) {
      this.trouble = reply.problem
      const isLost = reply.problem.status === 0 || reply.problem.status >= 500
      if (!isLost) await this.keeper.pullAnswered(null)
      if (reply.problem.code === 'disposition-owed') void this.compare()
      return
    }
    const { value } = reply
    if (value.lease === null) {
      this.nothing = value
      await this.keeper.pullAnswered(value)
      return
    }
    if (endedLeases(this.outbox.items).has(value.lease.id)) {
      // The first answer to this id, told again: that customer is done. A new id asks anew.
      await this.keeper.pullAnswered(null)
      return mayRepeat ? this.pull(false) : undefined
    }
    this.nothing = null
    await this.takeNew(value)
  }

  /** POOL-25: into the empty hand; what is in a hand that is not empty, the comparison sorts out. */
  private async takePushed(lease: LeaseView): Promise<void> {
    if (this.isPulling || this.work.hand || endedLeases(this.outbox.items).has(lease.lease.id)) return
    this.nothing = null
    this.trouble = null
    await this.takeNew(lease)
    this.pushed = lease
  }
  private async takeNew(lease: LeaseView): Promise<void> {
    const hand = handOf(lease)
    await this.work.take(hand)
    this.auto.begin(hand, this.presence.dialling.with === 'browser')
    this.dialsOn = goesOnByItself(hand)
  }

  /** SYNC-1: into the outbox, then the screen moves on. False: something is missing, or another tab was quicker. */
  async save(): Promise<boolean> {
    const { hand, draft, chosen, missing } = this.work
    if (!hand || !draft || !chosen || missing) return false
    const command: AgentCommand = {
      kind: 'record-disposition',
      id: uuidv7(),
      at: clock.read(),
      ...this.target(hand),
      ...saidIn(draft, chosen),
      ...(hand.call ? { callId: hand.call.id } : {}),
      ...(hand.view.phones ? { phone: hand.view.customer.phone } : {}),
    }
    return this.finish(hand, command, chosen.flags.includes('do-not-call'))
  }
  /** POOL-7. */
  async skip(reason: string): Promise<boolean> {
    const { hand } = this.work
    if (!hand || reason.trim() === '') return false
    return this.finish(
      hand,
      { kind: 'skip-entry', id: uuidv7(), at: clock.read(), ...this.target(hand), reason: reason.trim() },
      false,
    )
  }
  private async finish(hand: Hand, command: AgentCommand, isUrgent: boolean): Promise<boolean> {
    const { customer } = hand.view
    const about = {
      customerName: customer.name,
      phone: customer.phone,
      disposition: 'disposition' in command ? command.disposition : null,
      zone: zoneOf(hand.view),
    }
    const written = await this.outbox.write({ subject: subjectOf(hand), isUrgent, command, about }, (rows) =>
      letGo(rows, hand.leaseId),
    )
    this.work.clear()
    if (written) this.work.tellOthers()
    else await this.work.load()
    void this.outbox.flush().then(() => this.figures.refresh())
    return written !== null
  }

  /** The form that is open hears of the customer too. */
  onCustomerNews: ((news: CustomerNews) => void) | null = null

  /** POOL-23: by the road of all work, so that it may be offline; the card shows it at once. */
  async editCustomer(changes: FieldChange[], lockId: string | null): Promise<void> {
    const { hand } = this.work
    if (!hand) return
    const { customer } = hand.view
    const command: AgentCommand = {
      kind: 'edit-customer',
      id: uuidv7(),
      at: clock.read(),
      ...this.target(hand),
      changes,
      ...(lockId ? { lockId } : {}),
    }
    const about = { customerName: customer.name, phone: customer.phone, disposition: null }
    await this.outbox.write({ subject: subjectOf(hand), isUrgent: false, command, about })
    await this.work.heardOfCustomer({ leaseId: hand.leaseId, customer: changed(customer, changes), lock: null })
    void this.outbox.flush()
  }

  /** POOL-15: the promised calls as they stand here, with what is still on its way. */
  get callbacks(): CallbackDue[] {
    return standing(this.figures.callbacks, this.outbox.items)
  }

  /** POOL-12, by the browser's own telephone; answers why not, as a sentence. */
  async dial(number: string, leaseId: string | null, name: string | null): Promise<string | null> {
    await this.presence.startPhone()
    return whyNotDialled(await this.phone.dial(number, { ...(leaseId && { leaseId }), ...(name && { name }) }))
  }

  poolOf(id: string): Promise<KnownPool | null> {
    return this.keeper.pool(id)
  }

  private target({ view }: Hand): { poolId: string; entryId: string; token: number } {
    return { poolId: view.entry.poolId, entryId: view.entry.id, token: view.lease.token }
  }
}
