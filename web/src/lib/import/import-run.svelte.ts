import * as z from 'zod'
import type { Match } from '#shared/domain/import/columns'
import { importView, type ImportMemory, type ImportView } from '#shared/protocol/imports'
import type { Stage } from '#shared/spreadsheet/list'
import { api, type Reply, type Trouble } from '$lib/api/client'
import { CHUNK_ROWS, ListFile, type ListHead } from './list-file'
import { asMatched, chunksLeft, halfSent, matchesOf, remembered } from './memory'

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

/** A request that got no answer is asked again this often; chunks and commits may be (IMP-5). */
const RETRIES_MS = [500, 1_500, 4_000, 8_000]
/** Chunks on their way at once: while one is judged, the next is read and the one after it travels. */
const IN_FLIGHT = 3

type Matched = { matches: Match[]; byHand: boolean }

/**
 * One import as its page goes through it (IMP-1, 2, 4, 5).
 *
 *   choosing ─file─▶ reading ─rows─▶ sending ─all there─▶ checked ─commit─▶ committing ─▶ committed ─undo─▶ undoing
 *      ▲              │  ▲ no phone column, or asked for     │ │
 *      │              ▼  │ matched by hand                   │ └ reopened by its id after a reload
 *      └─refused── matching ◀────────────────────────────────┘
 */
export class ImportRun {
  step = $state.raw<Step>({ at: 'choosing', problem: null })
  view = $state.raw<ImportView | null>(null)
  /** Of the file read here; not known of an import that is opened again. */
  head = $state.raw<(ListHead & { size: number }) | null>(null)
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
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
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
    const stopped = this.restart(file)
    const list = (this.list = new ListFile())
    this.step = { at: 'reading', file, stage: 'checking', rows: 0 }
    const request = { kind: 'read' as const, file, country: this.country, matches: matched?.matches }
    const read = await list.read(request, (stage, rows) => {
      if (!stopped.signal.aborted) this.step = { at: 'reading', file, stage, rows }
    })
    if (stopped.signal.aborted) return
    if (!read.ok) return this.refuse({ code: read.refusal, status: 0 })
    const { head } = read
    const memory = await remembered(this.poolId, head)
    if (stopped.signal.aborted) return
    this.head = { ...head, size: file.size }
    const known = matched === null ? matchesOf(head, memory) : null
    if (known) return this.read(file, { matches: known, byHand: false })
    if (!head.hasPhone) {
      this.step = { at: 'matching', file, head }
      return
    }
    await this.send(file, head, list, matched, memory, stopped.signal)
  }

  private async send(
    file: File,
    head: ListHead,
    list: ListFile,
    matched: Matched | null,
    memory: ImportMemory | null,
    signal: AbortSignal,
  ): Promise<void> {
    const total = head.rowCount
    this.step = { at: 'sending', file, sent: 0, total }
    const half = halfSent(memory, head)
    this.resumed = half !== null
    const id = half?.id ?? (await this.openNew(file, head, matched, signal))
    if (id === null || signal.aborted) return
    if (half === null || half.state === 'receiving') {
      const problem = await this.sendChunks(id, file, list, total, half?.chunks ?? [], signal)
      if (signal.aborted) return
      if (problem) return this.refuse(problem)
    }
    list.close()
    await this.open(id)
  }

  private async openNew(
    file: File,
    head: ListHead,
    matched: Matched | null,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { sha256, rowCount, columns, signature } = head
    const body = { fileName: file.name, sha256, rowCount, columns, ...(matched?.byHand ? { signature } : {}) }
    const opened = await api.post(`/api/pools/${encodeURIComponent(this.poolId)}/imports`, { body, schema: importView })
    if (signal.aborted) return null
    if (opened.ok) return opened.value.id
    this.refuse(opened.problem)
    return null
  }

  private async sendChunks(
    id: string,
    file: File,
    list: ListFile,
    total: number,
    there: readonly number[],
    signal: AbortSignal,
  ): Promise<Trouble | null> {
    const waiting = chunksLeft(Math.ceil(total / CHUNK_ROWS), there).values()
    let sent = there.length * CHUNK_ROWS
    let problem: Trouble | null = null
    const lane = async () => {
      for (const n of waiting) {
        const raw = await list.chunk(n)
        const put = await this.patiently(
          () => api.put(`/api/imports/${encodeURIComponent(id)}/chunks/${n}`, { raw, schema: received }),
          signal,
        )
        if (!put.ok) problem ??= put.problem
        if (signal.aborted || problem) return
        sent += CHUNK_ROWS
        this.step = { at: 'sending', file, sent: Math.min(sent, total), total }
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
    return problem
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
    const looked = await list.read({ kind: 'look', file, country: this.country }, () => {})
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

  private async patiently<T>(ask: () => Promise<Reply<T>>, signal: AbortSignal): Promise<Reply<T>> {
    for (const wait of RETRIES_MS) {
      const reply = await ask()
      if (signal.aborted || reply.ok || (reply.problem.code !== 'offline' && reply.problem.code !== 'unavailable'))
        return reply
      await this.pause(wait)
    }
    return ask()
  }
}

const received = z.object({ received: z.int() })
