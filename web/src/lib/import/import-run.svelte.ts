import type { Match } from '#shared/domain/import/columns'
import { importView, type ImportMemory, type ImportView } from '#shared/protocol/imports'
import type { Stage } from '#shared/spreadsheet/list'
import { api, type Reply, type Trouble } from '$lib/api/client'
import { ListFile, type ListHead } from './list-file'
import { asMatched, halfSent, matchesOf, remembered } from './memory'
import { patiently, pauseFor, type Pause } from './patience'
import { sendList } from './send-list'

export type Step =
  | { at: 'choosing'; problem: Trouble | null }
  | { at: 'reading'; file: File; stage: Stage; rows: number }
  | { at: 'matching'; file: File; head: ListHead }
  | { at: 'sending'; file: File; sent: number; total: number }
  | { at: 'opening' }
  | { at: 'checked' }
  | { at: 'committing'; done: number; total: number }
  | { at: 'committed' }
  | { at: 'undoing' }

type Matched = { matches: Match[]; byHand: boolean }

/**
 * One import as its page goes through it (IMP-1, 2, 4, 5).
 *
 *   choosing ─file─▶ reading ─end──▶ sending ─all there─▶ checked ─commit─▶ committing ─▶ committed ─undo─▶ undoing
 *      ▲              │  ▲ no phone column, or asked for     │ │
 *      │              ▼  │ matched by hand                   │ └ reopened by its id after a reload
 *      └─refused── matching ◀────────────────────────────────┘
 */
export class ImportRun {
  step = $state.raw<Step>({ at: 'choosing', problem: null })
  view = $state.raw<ImportView | null>(null)
  /** Of the file read here; not known of an import that is opened again. */
  head = $state.raw<(ListHead & { size: number; readMs: number }) | null>(null)
  /** The last commit's or undo's problem; what was done stays, the rest can be asked for again. */
  commitProblem = $state.raw<Trouble | null>(null)
  /** The import goes on where it stopped when its page was closed. */
  resumed = $state(false)
  private file = $state.raw<File | null>(null)
  private list: ListFile | null = null
  private stopped = new AbortController()

  constructor(
    private readonly poolId: string,
    private readonly country: string,
    private readonly pause: Pause = pauseFor,
  ) {}

  /** Columns can be matched anew while the file is at hand and nothing is committed. */
  get canMatch(): boolean {
    return this.file !== null && this.step.at === 'checked' && this.view?.committedRows === 0
  }

  async take(file: File): Promise<void> {
    this.cancel()
    await this.read(file, null)
  }

  private async read(file: File, matched: Matched | null): Promise<void> {
    const { signal } = this.restart(file)
    const list = (this.list = new ListFile())
    this.step = { at: 'reading', file, stage: 'checking', rows: 0 }
    const request = { kind: 'read' as const, file, country: this.country, matches: matched?.matches }
    const opened = await list.open(request, (stage, rows) => {
      if (!signal.aborted && this.step.at === 'reading') this.step = { at: 'reading', file, stage, rows }
    })
    if (signal.aborted) return
    if (!opened.ok) return this.refuse({ code: opened.refusal, status: 0 })
    const { head } = opened
    const memory = await remembered(this.poolId, head)
    if (signal.aborted) return
    this.head = { ...head, size: file.size, readMs: 0 }
    const known = matched === null ? matchesOf(head, memory) : null
    if (known) return this.read(file, { matches: known, byHand: false })
    if (!head.hasPhone) {
      this.step = { at: 'matching', file, head }
      return
    }
    await this.send(file, head, list, matched?.byHand ?? false, memory, signal)
  }

  /** While it is read; what is left when the file's end is known is shown as sending. */
  private async send(
    file: File,
    head: ListHead,
    list: ListFile,
    byHand: boolean,
    memory: ImportMemory | null,
    signal: AbortSignal,
  ): Promise<void> {
    const half = halfSent(memory, head)
    this.resumed = half !== null
    let [sent, total] = [0, 0]
    const show = () => {
      if (!signal.aborted && total > 0) this.step = { at: 'sending', file, sent: Math.min(sent, total), total }
    }
    void list.read.then((read) => {
      if (signal.aborted || !read.ok) return
      this.head = { ...head, size: file.size, readMs: read.readMs }
      total = read.rowCount
      if (this.step.at === 'reading') show()
    })
    const onSent = (rows: number) => {
      sent = rows
      show()
    }
    const { poolId, pause } = this
    const done = await sendList({ poolId, file, head, list, byHand, half, signal, pause, onSent })
    if (signal.aborted) return
    list.close()
    if (done.ok) await this.open(done.id)
    else this.refuse(done.problem)
  }

  /** The columns as somebody matched them, by column of the sheet; remembered for such headers. */
  async match(matches: Match[]): Promise<void> {
    const { file } = this
    if (!file) return
    this.view = null
    await this.read(file, { matches, byHand: true })
  }

  /** From the dry run back to the columns, without sending anything. */
  async matchAnew(): Promise<void> {
    const { file } = this
    if (!file || !this.canMatch) return
    const before = this.head
    const stopped = this.restart(file)
    const list = (this.list = new ListFile())
    const looked = await list.open({ kind: 'look', file, country: this.country }, () => {})
    list.close()
    if (stopped.signal.aborted || !looked.ok) return
    this.view = null
    this.step = { at: 'matching', file, head: asMatched(looked.head, before) }
  }

  /** Shows an import by its id: the dry run, or what was done. One that was being committed goes on by itself. */
  async open(id: string): Promise<void> {
    if (this.step.at === 'choosing') this.step = { at: 'opening' }
    const { signal } = this.stopped
    const reply = await this.patiently(
      () => api.get(`/api/imports/${encodeURIComponent(id)}`, { schema: importView }),
      signal,
    )
    if (signal.aborted) return
    if (!reply.ok) return this.refuse(reply.problem)
    const { state } = reply.value
    if (state === 'receiving' || state === 'cancelled') return this.refuse({ code: 'import-state', status: 0 })
    this.view = reply.value
    this.step = { at: state === 'checked' || state === 'committing' ? 'checked' : 'committed' }
    if (state === 'committing') await this.commit()
    if (state === 'undoing') await this.undo()
  }

  /** IMP-4: what happens to known and shared numbers, and to unreachable customers; the counts follow. */
  async choose(choices: Partial<Pick<ImportView, 'policy' | 'reopenUnreachable' | 'sharedNumbers'>>): Promise<void> {
    const { view } = this
    if (!view) return
    this.view = { ...view, ...choices }
    const path = `/api/imports/${encodeURIComponent(view.id)}`
    const reply = await api.patch(path, { body: choices, schema: importView })
    this.commitProblem = reply.ok ? null : reply.problem
    this.view = reply.ok ? reply.value : view
  }

  /** Asked again until all is committed; each answer is progress, and what landed can be pulled already (IMP-9). */
  async commit(): Promise<void> {
    const view = this.view
    if (!view || this.step.at !== 'checked') return
    this.step = { at: 'committing', done: view.committedRows, total: view.received }
    const isDone = await this.until('commit', 'committed', ({ committedRows, received }) => {
      this.step = { at: 'committing', done: committedRows, total: received }
    })
    if (isDone !== null) this.step = { at: isDone ? 'committed' : 'checked' }
  }

  /** IMP-5: within a day. */
  async undo(): Promise<void> {
    if (!this.view || this.step.at !== 'committed') return
    this.step = { at: 'undoing' }
    const isDone = await this.until('undo', 'undone', () => {})
    if (isDone !== null) this.step = { at: 'committed' }
  }

  /** null: it was left meanwhile. */
  private async until(
    what: 'commit' | 'undo',
    state: ImportView['state'],
    onProgress: (view: ImportView) => void,
  ): Promise<boolean | null> {
    const { signal } = this.stopped
    this.commitProblem = null
    for (;;) {
      const path = `/api/imports/${encodeURIComponent(this.view!.id)}/${what}`
      const reply = await this.patiently(() => api.post(path, { schema: importView }), signal)
      if (signal.aborted) return null
      if (!reply.ok) {
        this.commitProblem = reply.problem
        return false
      }
      this.view = reply.value
      if (reply.value.state === state) return true
      onProgress(reply.value)
    }
  }

  /** Back to the beginning; what was sent and not committed is forgotten by the server in time. */
  cancel(): void {
    this.restart(null)
    this.head = null
    this.view = null
    this.resumed = false
    this.step = { at: 'choosing', problem: null }
  }

  private restart(file: File | null): AbortController {
    this.stopped.abort()
    this.list?.close()
    this.list = null
    this.file = file
    return (this.stopped = new AbortController())
  }

  private refuse(problem: Trouble): void {
    this.list?.close()
    this.step = { at: 'choosing', problem }
  }

  private patiently<T>(ask: () => Promise<Reply<T>>, signal: AbortSignal): Promise<Reply<T>> {
    return patiently(ask, signal, this.pause)
  }
}
