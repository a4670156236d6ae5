import * as z from 'zod'
import { importView, type ImportView } from '#shared/protocol/imports'
import type { Stage } from '#shared/spreadsheet/list'
import { api, type Reply, type Trouble } from '$lib/api/client'
import { CHUNK_ROWS, ListFile, type ListHead } from './list-file'

export type Step =
  | { at: 'choosing'; problem: Trouble | null }
  | { at: 'reading'; file: File; stage: Stage }
  | { at: 'sending'; file: File; sent: number; total: number }
  | { at: 'opening' }
  | { at: 'checked' }
  | { at: 'committing'; done: number; total: number }
  | { at: 'committed' }

/** A request that got no answer is asked again this often; chunks and commits may be (IMP-5). */
const RETRIES_MS = [500, 1_500, 4_000, 8_000]

/**
 * One import as its page goes through it (IMP-1, 4, 5).
 *
 *   choosing ─file─▶ reading ─rows─▶ sending ─all there─▶ checked ─commit─▶ committing ─▶ committed
 *      ▲               │ cancel or refused │                 └ reopened by its id after a reload
 *      └───────────────┴───────────────────┘
 */
export class ImportRun {
  step = $state.raw<Step>({ at: 'choosing', problem: null })
  view = $state.raw<ImportView | null>(null)
  /** Of the file read here; not known of an import that is opened again. */
  head = $state.raw<(ListHead & { size: number }) | null>(null)
  /** The last commit's problem; what was committed stays, the rest can be asked for again. */
  commitProblem = $state.raw<Trouble | null>(null)
  private list: ListFile | null = null
  private stopped = new AbortController()

  constructor(
    private readonly poolId: string,
    private readonly country: string,
    private readonly pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  async take(file: File): Promise<void> {
    this.cancel()
    const stopped = (this.stopped = new AbortController())
    const list = (this.list = new ListFile())
    this.step = { at: 'reading', file, stage: 'checking' }
    const read = await list.read(file, this.country, (stage) => {
      if (!stopped.signal.aborted) this.step = { at: 'reading', file, stage }
    })
    if (stopped.signal.aborted) return
    if (!read.ok) return this.refuse({ code: read.refusal, status: 0 })
    this.head = { ...read.head, size: file.size }
    await this.send(file, read.head, list, stopped.signal)
  }

  private async send(file: File, head: ListHead, list: ListFile, signal: AbortSignal): Promise<void> {
    const total = head.rowCount
    this.step = { at: 'sending', file, sent: 0, total }
    const body = { fileName: file.name, sha256: head.sha256, rowCount: total, columns: head.columns }
    const opened = await api.post(`/api/pools/${encodeURIComponent(this.poolId)}/imports`, { body, schema: importView })
    if (signal.aborted) return
    if (!opened.ok) return this.refuse(opened.problem)
    const path = `/api/imports/${encodeURIComponent(opened.value.id)}`
    for (let n = 0; n * CHUNK_ROWS < total; n += 1) {
      const rows = await list.chunk(n)
      const put = await this.patiently(
        () => api.put(`${path}/chunks/${n}`, { body: { rows }, schema: received }),
        signal,
      )
      if (signal.aborted) return
      if (!put.ok) return this.refuse(put.problem)
      this.step = { at: 'sending', file, sent: Math.min((n + 1) * CHUNK_ROWS, total), total }
    }
    list.close()
    await this.open(opened.value.id)
  }

  /** Shows an import by its id: the dry run, or what was done. */
  async open(id: string): Promise<void> {
    if (this.step.at === 'choosing') this.step = { at: 'opening' }
    const { signal } = this.stopped
    const reply = await this.patiently(
      () => api.get(`/api/imports/${encodeURIComponent(id)}`, { schema: importView }),
      signal,
    )
    if (signal.aborted) return
    if (!reply.ok) return this.refuse(reply.problem)
    if (reply.value.state === 'receiving' || reply.value.state === 'cancelled')
      return this.refuse({ code: 'import-state', status: 0 })
    this.view = reply.value
    this.step = { at: reply.value.state === 'committed' ? 'committed' : 'checked' }
  }

  /** Asked again until all is committed; each answer is progress, and what landed can be pulled already (IMP-9). */
  async commit(): Promise<void> {
    const view = this.view
    if (!view || this.step.at !== 'checked') return
    this.commitProblem = null
    const { signal } = this.stopped
    this.step = { at: 'committing', done: view.committedRows, total: view.received }
    for (;;) {
      const reply = await this.patiently(
        () => api.post(`/api/imports/${encodeURIComponent(view.id)}/commit`, { schema: importView }),
        signal,
      )
      if (signal.aborted) return
      if (!reply.ok) {
        this.commitProblem = reply.problem
        this.step = { at: 'checked' }
        return
      }
      this.view = reply.value
      if (reply.value.state === 'committed') break
      this.step = { at: 'committing', done: reply.value.committedRows, total: reply.value.received }
    }
    this.step = { at: 'committed' }
  }

  /** Back to the beginning; what was sent and not committed is forgotten by the server in time. */
  cancel(): void {
    this.stopped.abort()
    this.stopped = new AbortController()
    this.list?.close()
    this.list = null
    this.head = null
    this.view = null
    this.step = { at: 'choosing', problem: null }
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
