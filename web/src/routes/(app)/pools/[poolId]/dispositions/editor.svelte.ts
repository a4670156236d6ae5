import { has, type Disposition, type Flag } from '#shared/domain/pool/disposition'
import {
  DECIDING,
  decisionOf,
  moved,
  problemsOf,
  startFrom,
  waits,
  type Deciding,
  type SetProblem,
} from '#shared/domain/pool/disposition-set'
import { PRESETS, type PresetName } from '#shared/domain/pool/presets'
import type { Disposition as Saved, PoolView } from '#shared/protocol/pools'
import { codeFor, freeKey, leftAfter } from './set-changes'

const NOTHING_USED: ReadonlySet<string> = new Set()

/** A disposition being edited; `key` stands for it while its code still follows its name. */
export type Row = { key: string; isNew: boolean; value: Disposition }

/** POOL-10: a pool's set while it is edited. What it may become is the domain's word; nothing is sent before it is right. */
export class DispositionEditor {
  /** Codes that attempts were booked with. */
  used = $state.raw<ReadonlySet<string>>(NOTHING_USED)
  rows = $state<Row[]>([])
  selected = $state<string | null>(null)
  /** Of the pool as it was read. */
  version = $state(0)
  private saved = $state.raw('')
  private n = 0
  readonly set = $derived(this.rows.map(({ value }) => value))
  readonly live = $derived(this.rows.filter(({ value }) => !value.retired))
  readonly retired = $derived(this.rows.filter(({ value }) => value.retired))
  readonly isDirty = $derived(JSON.stringify(this.set) !== this.saved)
  readonly problems = $derived(problemsOf(this.set, this.used))
  readonly current = $derived(this.rows.find(({ key }) => key === this.selected) ?? null)

  constructor(pool: Pick<PoolView, 'version' | 'dispositions'>, used: ReadonlySet<string>) {
    this.used = used
    this.take(pool)
  }

  /** As the server has it. */
  take({ version, dispositions }: Pick<PoolView, 'version' | 'dispositions'>): void {
    const code = this.current?.value.code
    this.version = version
    this.rows = ordered(dispositions).map((value) => this.row(value, false))
    this.saved = JSON.stringify($state.snapshot(this.set))
    this.selected = this.rows.find(({ value }) => value.code === code)?.key ?? null
  }

  problemsWith(row: Row): SetProblem[] {
    return this.problems.filter(({ code }) => code === row.value.code)
  }

  add(): void {
    const row = this.row(
      {
        code: codeFor('', this.set),
        labels: { en: '', tr: '', es: '', ar: '' },
        flags: ['reached', 'human-answered', 'completed'],
        colour: 'plain',
        hotkey: freeKey(this.live.map(({ value }) => value)),
        retryDelayMinutes: null,
        noteRequired: false,
        callbackTimeRequired: false,
        tags: [],
      },
      true,
    )
    this.rows = [...this.live, row, ...this.retired]
    this.selected = row.key
  }

  /** A new one takes its code from its first name, until it is saved. */
  name(row: Row, language: keyof Disposition['labels'], label: string): void {
    row.value.labels[language] = label
    if (!row.isNew) return
    const others = this.rows.filter(({ key }) => key !== row.key).map(({ value }) => value)
    const { en, tr, es, ar } = row.value.labels
    row.value.code = codeFor(en || tr || es || ar, others)
  }

  decide(row: Row, decision: Deciding): void {
    const { value } = row
    const rest = value.flags.filter((flag) => !(DECIDING as readonly Flag[]).includes(flag))
    const isOut = decision === 'unreachable' || decision === 'wrong-number'
    // what would contradict it goes with it
    const kept = rest.filter((flag) => !(flag === 'positive' && (isOut || decision === 'do-not-call')))
    value.flags = [...(decision === 'unreachable' ? kept.filter((flag) => flag !== 'reached') : kept), decision]
    value.callbackTimeRequired = decision === 'callback'
    this.setDelay(row)
  }
  setDelay({ value }: Row): void {
    value.retryDelayMinutes = waits(value) ? (value.retryDelayMinutes ?? 60) : null
  }
  turn({ value }: Row, flag: Flag, isOn: boolean): void {
    const rest = value.flags.filter((one) => one !== flag)
    value.flags = isOn ? [flag, ...rest] : rest
    // won means reached, and who was reached was spoken to or not; the other way round nothing follows
    if (flag === 'positive' && isOn && !has(value, 'reached')) value.flags = ['reached', ...value.flags]
    if (flag === 'reached' && !isOn) value.flags = value.flags.filter((one) => one !== 'positive')
  }

  move(key: string, to: number): void {
    const from = this.live.findIndex((row) => row.key === key)
    if (from === -1) return
    this.rows = [...moved(this.live, from, Math.max(0, Math.min(to, this.live.length - 1))), ...this.retired]
  }

  /** Gone where nothing was booked with it, else retired. */
  remove(row: Row): void {
    const left = leftAfter($state.snapshot(this.set), row.value.code, row.isNew ? NOTHING_USED : this.used)
    const kept = this.rows.flatMap((one, at) => {
      const value = left[at]
      return value ? [{ ...one, value }] : []
    })
    this.rows = [...kept.filter(({ value }) => !value.retired), ...kept.filter(({ value }) => value.retired)]
    if (!kept.some(({ key }) => key === row.key)) this.selected = null
  }
  offerAgain(row: Row): void {
    row.value.retired = false
    this.rows = [...this.live, ...this.retired]
  }

  start(preset: PresetName): void {
    this.rows = startFrom(PRESETS[preset].dispositions, $state.snapshot(this.set), this.used).map((value) =>
      this.row(structuredClone(value), !this.used.has(value.code)),
    )
    this.selected = null
  }

  /** As it is sent: a language left blank says what the first filled one says. */
  get complete(): Saved[] {
    return $state.snapshot(this.set).map((one) => {
      const { en, tr, es, ar } = one.labels
      const first = [en, tr, es, ar].find((label) => label.trim() !== '') ?? ''
      const filled = (label: string) => label.trim() || first.trim()
      return { ...one, labels: { en: filled(en), tr: filled(tr), es: filled(es), ar: filled(ar) } }
    })
  }
  /** What stands in the way of saving: a name in one language is enough. */
  get blocking(): SetProblem[] {
    return problemsOf(this.complete, this.used)
  }

  decisionOf = (row: Row): Deciding | null => decisionOf(row.value)
  private row(value: Disposition, isNew: boolean): Row {
    return { key: `row-${++this.n}`, isNew, value: { ...value, labels: { ...value.labels }, flags: [...value.flags] } }
  }
}

const ordered = (set: readonly Disposition[]): Disposition[] => [
  ...set.filter(({ retired }) => !retired),
  ...set.filter(({ retired }) => retired),
]
