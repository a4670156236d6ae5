import type { Match } from '#shared/domain/import/columns'
import type { FileLimits, FileRefusal } from '#shared/spreadsheet/refusal'
import type { Stage } from '#shared/spreadsheet/list'

/** IMP-6, in the browser. */
export const BROWSER_LIMITS: FileLimits = { bytes: 100_000_000, unzippedBytes: 1_000_000_000, rows: 500_000 }
/** Rows of one request, and of one message from the worker. */
export const CHUNK_ROWS = 1_000

export type ListHead = {
  sheet: string
  columns: { header: string; field: string }[]
  /** Which column of the sheet each is. */
  places: number[]
  /** False: somebody must say which column is the phone; no rows are read. */
  hasPhone: boolean
  /** The first rows, as text, by column. */
  preview: string[][]
  sha256: string
  /** Of the headers: the same headers are matched the same way next time (IMP-2). */
  signature: string
}
export type ReadRequest =
  /** `matches`: by column of the sheet, as somebody matched them by hand. */
  | { kind: 'read'; file: File; country: string; matches?: Match[] | undefined }
  /** The columns and first rows only. */
  | { kind: 'look'; file: File; country: string }
  | { kind: 'chunk'; n: number }
type Bytes = Uint8Array<ArrayBuffer>
export type ReadReply =
  | { kind: 'stage'; stage: Stage; rows: number }
  | { kind: 'list'; head: ListHead }
  /** To its end. */
  | { kind: 'read'; rowCount: number; readMs: number }
  | { kind: 'refused'; refusal: FileRefusal }
  /** null: the list ends before it. */
  | { kind: 'chunk'; n: number; body: Bytes | null }

export type Opened = { ok: true; head: ListHead } | { ok: false; refusal: FileRefusal }
export type Read = { ok: true; rowCount: number; readMs: number } | { ok: false; refusal: FileRefusal }

/**
 * A file read beside the page, in a Web Worker of its own (IMP-1): the rows stay over there, as the bytes of the requests
 * they will be, so the page never holds or copies the whole list. They can be asked for while it is still being read. Closing it is
 * how reading is cancelled, whatever it is doing.
 */
export class ListFile {
  private readonly worker = new Worker(new URL('./read-worker.ts', import.meta.url), { type: 'module' })
  private readonly asked = new Map<number, (body: Bytes | null) => void>()
  private end: (read: Read) => void = () => {}
  private isRefused = false
  /** Once all rows are read, or the file turns out not to be readable on the way. */
  readonly read = new Promise<Read>((resolve) => (this.end = resolve))

  /** Its columns, as soon as they are known. */
  open(
    request: Exclude<ReadRequest, { kind: 'chunk' }>,
    onStage: (stage: Stage, rows: number) => void,
  ): Promise<Opened> {
    return new Promise((resolve) => {
      const refuse = (refusal: FileRefusal) => {
        this.isRefused = true
        resolve({ ok: false, refusal })
        this.end({ ok: false, refusal })
        for (const answer of this.asked.values()) answer(null)
      }
      // out of memory ends the worker: the file was too much for this device
      this.worker.onerror = () => refuse('file-too-large')
      this.worker.onmessage = ({ data }: MessageEvent<ReadReply>) => {
        if (data.kind === 'stage') onStage(data.stage, data.rows)
        else if (data.kind === 'list') resolve({ ok: true, head: data.head })
        else if (data.kind === 'read') this.end({ ok: true, rowCount: data.rowCount, readMs: data.readMs })
        else if (data.kind === 'refused') refuse(data.refusal)
        else this.asked.get(data.n)?.(data.body)
      }
      this.worker.postMessage(request satisfies ReadRequest)
    })
  }

  /** The body of a chunk's request, once it is read; it is handed over, so that nobody keeps it after it is sent. Null: there is none. */
  chunk(n: number): Promise<Bytes | null> {
    if (this.isRefused) return Promise.resolve(null)
    return new Promise((resolve) => {
      this.asked.set(n, (body) => {
        this.asked.delete(n)
        resolve(body)
      })
      this.worker.postMessage({ kind: 'chunk', n } satisfies ReadRequest)
    })
  }

  close(): void {
    this.worker.terminate()
  }
}
