import { changesBetween, editCard, type FieldChange } from '#shared/domain/pool/card-edit'
import type { EditLockView } from '#shared/protocol/customer-edit'
import type { CustomerView } from '#shared/protocol/pulls'
import type { Trouble } from '$lib/api/reply'
import { clock } from '$lib/ui/clock.svelte'
import { CardDrafts } from './card-drafts'
import { fieldsOf, formOf, rebased, type CardForm } from './card-form'
import { askLock, giveLock } from './customer-api'
import type { Place } from './place'

const RENEW_MS = 15_000
export type Save = (changes: FieldChange[], lockId: string | null) => Promise<Trouble | null>
type Holder = { name: string; since: number }

/**
 * One person at one customer's form (POOL-23).
 *
 *   start ─▶ mine ──another takes over──▶ theirs (what I typed stays) ──take back──▶ mine
 *          └▶ theirs ──take over──▶ mine            └── they are done ──▶ mine again by itself
 *
 * Without a network there is no lock, and the edit is checked field by field when it arrives.
 */
export class Editing {
  form = $state<CardForm>(
    formOf({ name: null, email: null, notes: null, language: null, timeZone: null, tags: [], custom: {} }),
  )
  /** Who edits, when it is not this form. */
  holder = $state.raw<Holder | null>(null)
  /** This form had the lock when somebody took it. */
  wasTaken = $state(false)
  /** Fields that others changed while they were being changed here: what theirs is now, and who. */
  both = $state.raw<Readonly<Record<string, { by: string; to: FieldChange['to'] }>>>({})
  /** Since when the restored text was waiting; null: nothing was. */
  restoredAt = $state<number | null>(null)
  trouble = $state.raw<Trouble | null>(null)
  isSaving = $state(false)
  private base = $state.raw<CustomerView>(null!)
  private isMine = $state(false)
  private lockId = crypto.randomUUID()
  private readonly drafts: CardDrafts
  private timer: ReturnType<typeof setInterval> | undefined

  readonly changes = $derived.by((): FieldChange[] => {
    const { userCode } = this.base
    return changesBetween({ ...this.base, userCode }, fieldsOf(this.form, userCode))
  })
  /** Names of the fields that cannot be kept as they stand. */
  readonly invalid = $derived.by((): readonly string[] => {
    const checked = editCard(this.base, this.changes)
    return !checked.ok && checked.refusal === 'invalid-input' ? (checked.detail ?? '').split(', ') : []
  })
  readonly canSave = $derived(
    this.changes.length > 0 && this.invalid.length === 0 && this.holder === null && !this.isSaving,
  )

  constructor(
    readonly place: Place,
    customer: CustomerView,
    private readonly save: Save,
  ) {
    this.drafts = new CardDrafts(place)
    const draft = this.drafts.read()
    this.base = draft?.base ?? customer
    this.form = draft?.form ?? formOf(customer)
    this.restoredAt = draft?.at ?? null
    if (draft) this.meanwhile(customer, '')
  }

  async start(): Promise<void> {
    this.timer ??= setInterval(() => void this.renew(), RENEW_MS)
    await this.ask('open')
  }
  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
    if (this.isMine) void giveLock(this.place, this.lockId)
    this.isMine = false
  }
  takeOver(): Promise<void> {
    return this.ask('take-over')
  }
  private async renew(): Promise<void> {
    if (this.isMine) await this.ask('renew')
  }

  private async ask(step: 'open' | 'renew' | 'take-over'): Promise<void> {
    const reply = await askLock(this.place, this.lockId, step)
    if (this.timer === undefined) {
      if (reply.ok) void giveLock(this.place, this.lockId)
      return
    }
    const held = reply.ok ? null : reply.problem.facts?.held
    if (reply.ok) this.has()
    else if (held) this.lost({ name: held.agentName, since: held.since })
  }
  private has(): void {
    this.isMine = true
    this.wasTaken = false
    this.holder = null
  }
  private lost(holder: Holder): void {
    this.wasTaken ||= this.isMine
    this.isMine = false
    this.holder = holder
  }

  /** Live: who edits now, and how the customer stands. */
  heard(customer: CustomerView, lock: EditLockView | null, by: string): void {
    this.meanwhile(customer, by)
    if (this.timer === undefined) return
    if (lock && lock.lockId !== this.lockId) this.lost({ name: lock.agentName, since: lock.since })
    else if (!lock && this.holder) void this.ask('open')
  }

  private meanwhile(customer: CustomerView, by: string): void {
    const theirs = changesBetween(this.base, customer)
    if (theirs.length === 0) return
    const { form, both } = rebased(this.form, this.changes, theirs)
    this.form = form
    this.base = customer
    this.both = { ...this.both, ...Object.fromEntries(both.map(({ field, to }) => [field, { by, to }])) }
  }

  /** Typed: kept on this device until it is saved or thrown away. */
  keep(): void {
    if (this.changes.length > 0)
      this.drafts.write({ form: $state.snapshot(this.form) as CardForm, base: this.base, at: clock.read() })
    else if (this.restoredAt === null) this.drafts.forget()
  }
  discard(): void {
    this.form = formOf(this.base)
    this.both = {}
    this.restoredAt = null
    this.drafts.forget()
  }

  /** True: it is saved (or on its way, from the outbox). */
  async submit(): Promise<boolean> {
    if (!this.canSave) return false
    this.isSaving = true
    this.trouble = await this.save($state.snapshot(this.changes) as FieldChange[], this.isMine ? this.lockId : null)
    this.isSaving = false
    const held = this.trouble?.facts?.held
    if (held) this.lost({ name: held.agentName, since: held.since })
    if (this.trouble) return false
    this.drafts.forget()
    this.isMine = false
    return true
  }
}
