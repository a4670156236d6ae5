import { uuidv7 } from 'uuidv7'
import { offered } from '#shared/domain/pool/disposition'
import type { Disposition } from '#shared/protocol/pools'
import type { CustomerNews, EditLockView } from '#shared/protocol/customer-edit'
import type { CustomerPhone, LeaseView } from '#shared/protocol/pulls'
import type { TabChannel } from '$lib/offline/tab-channel'
import { isLive } from '$lib/phone/call-progress'
import type { PhoneCall } from '$lib/phone/phone'
import { clock } from '$lib/ui/clock.svelte'
import type { DeskKeeper } from './desk-keeper'
import type { DraftKeeper } from './draft-keeper'
import { emptyDraft, isCallback, missingIn, type Asked, type Draft } from './draft'
import { handOf, type Hand } from './hand'
import { LeaseHold } from './lease-hold'
import { suggestionFor } from './suggestion'

/** The customer in hand and what is being said about them: on the screen, in IndexedDB, and in this browser's other tabs. */
export class Work {
  hand = $state.raw<Hand | null>(null)
  draft = $state.raw<Draft | null>(null)
  readonly chosen = $derived<Disposition | null>(
    this.hand?.view.pool.dispositions.find((one) => one.code === this.draft?.disposition) ?? null,
  )
  private readonly asked = $derived<Asked>({
    form: this.hand?.view.pool.form ?? [],
    grantedAt: this.hand?.view.lease.since ?? 0,
  })
  readonly missing = $derived(this.draft ? missingIn(this.draft, this.chosen, clock.now, this.asked) : null)
  /** Null: no call was made, nothing is known. */
  readonly wasAnswered = $derived(this.hand?.call ? this.hand.call.wasAnswered : null)
  readonly callbackAt = $derived(isCallback(this.chosen) ? (this.draft?.callbackAt ?? null) : null)
  private readonly hold = new LeaseHold()

  constructor(
    private readonly keeper: DeskKeeper,
    private readonly drafts: DraftKeeper,
    private readonly channel: TabChannel,
  ) {}

  async load(): Promise<void> {
    const hand = await this.keeper.hand()
    this.hand = hand
    this.loadDraft()
  }

  /** Typed in another tab, or before a reload. */
  loadDraft(): void {
    this.draft = this.hand ? (this.drafts.read(this.hand.leaseId) ?? emptyDraft(this.hand.leaseId)) : null
  }

  async take(hand: Hand): Promise<void> {
    await this.keeper.takeInHand(hand)
    this.hand = hand
    this.loadDraft()
    this.channel.tell({ changed: 'desk' })
  }
  /** The server's newer picture of the same hold; what was learnt and typed here stays. */
  async renew(view: LeaseView): Promise<void> {
    if (this.hand?.leaseId !== view.lease.id) return
    const { call, owed } = this.hand
    const { phone, phoneGiven } = view.phones ? this.hand.view.customer : view.customer
    const kept = { ...view, customer: { ...view.customer, phone, phoneGiven } }
    await this.update({ ...this.hand, ...handOf(kept), call, owed })
  }
  /** Off this desk without a word about it: only what the edge has freed may go that way. */
  async putAway(): Promise<void> {
    if (!this.hand) return
    await this.keeper.putAway(this.hand.leaseId)
    this.clear()
    this.tellOthers()
  }
  tellOthers(): void {
    this.channel.tell({ changed: 'desk' })
  }
  clear(): void {
    if (this.hand) this.drafts.forget(this.hand.leaseId)
    this.hand = null
    this.draft = null
    this.lock = null
  }

  choose(code: string | null, isSuggested = false): void {
    this.change({ disposition: code, isSuggested })
  }
  say(change: Partial<Pick<Draft, 'note' | 'callbackAt' | 'callbackFor' | 'tags' | 'answers'>>): void {
    this.change(change)
  }
  private change(change: Partial<Draft>): void {
    if (!this.draft) return
    this.draft = { ...this.draft, ...change }
    this.drafts.write(this.draft)
    this.channel.tell({ changed: 'draft' })
    void this.extend(false)
  }
  /** The telephone's news about the call made for this customer (POOL-12, 13). */
  async noteCall(call: PhoneCall): Promise<void> {
    const { hand, draft } = this
    if (!hand || call.leaseId !== hand.leaseId) return
    const isOver = call.state === 'ended'
    const wasAnswered = call.answeredAt !== null
    const known = hand.call
    if (call.id !== null && (known?.id !== call.id || known.isOver !== isOver || known.wasAnswered !== wasAnswered)) {
      const talkMs = wasAnswered && call.endedAt !== null ? call.endedAt - call.answeredAt! : null
      await this.update({
        ...hand,
        call: { id: call.id, isOver, wasAnswered, cause: call.cause, endedAt: call.endedAt, talkMs },
      })
    }
    if (isOver && draft && (draft.disposition === null || draft.isSuggested)) this.suggest(call.cause, wasAnswered)
    if (isLive(call)) void this.extend(true)
  }
  /** Once a call: an agent who has chosen is never overruled. */
  suggest(cause: PhoneCall['cause'], wasAnswered: boolean): void {
    const suggested = this.hand ? suggestionFor(cause, wasAnswered, offered(this.hand.view.pool.dispositions)) : null
    if ((suggested?.code ?? null) !== this.draft?.disposition) this.choose(suggested?.code ?? null, suggested !== null)
  }

  /** POOL-5: told before they dial. */
  async warn(by: string): Promise<void> {
    if (this.hand) await this.update({ ...this.hand, warnedBy: by })
  }

  async free(by: string | null, reason: string | null): Promise<void> {
    if (this.hand && !this.hand.freed) await this.update({ ...this.hand, freed: { at: clock.read(), by, reason } })
  }

  /** POOL-6. `asked`: a person pressed Keep. */
  async extend(inCall: boolean, asked = false): Promise<boolean> {
    const { hand } = this
    const now = clock.read()
    if (!hand || hand.freed || hand.owed || !(asked || this.hold.isWorthAsking(hand, now))) return false
    const expiresAt = await this.hold.extend(hand, uuidv7(), now, inCall)
    if (expiresAt === null || this.hand?.leaseId !== hand.leaseId) return false
    await this.update({ ...this.hand, expiresAt })
    return true
  }

  /** POOL-23: how the customer stands now, and who edits. */
  lock = $state.raw<EditLockView | null>(null)
  async heardOfCustomer({
    leaseId,
    customer,
    lock,
  }: Pick<CustomerNews, 'leaseId' | 'customer' | 'lock'>): Promise<void> {
    const { hand } = this
    if (hand?.leaseId !== leaseId) return
    this.lock = lock
    // the news name the primary number; which one is called was decided here (POOL-27)
    const { phone, phoneGiven } = hand.view.phones ? hand.view.customer : customer
    await this.update({ ...hand, view: { ...hand.view, customer: { ...customer, phone, phoneGiven } } })
  }

  /** POOL-27: another of the customer's numbers is called, and the attempt is booked on it. */
  async pickPhone({ number, given }: CustomerPhone): Promise<void> {
    const { hand } = this
    if (!hand) return
    const customer = { ...hand.view.customer, phone: number, phoneGiven: given }
    // the numbers, and which is next, are the lease's own
    const { id: _id, phone: _phone, phoneGiven: _given, ...fields } = customer
    await this.update({ ...hand, view: { ...hand.view, customer: { ...hand.view.customer, ...fields } } })
  }

  private async update(hand: Hand): Promise<void> {
    this.hand = hand
    await this.keeper.updateHand($state.snapshot(hand) as Hand)
    this.channel.tell({ changed: 'desk' })
  }
}
