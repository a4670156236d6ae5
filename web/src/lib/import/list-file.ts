import type { FileLimits, FileRefusal } from '#shared/spreadsheet/refusal'
import type { Stage } from '#shared/spreadsheet/list'
import type { ImportRow } from '#shared/protocol/imports'

/** IMP-6, in the browser. Unzipped, a list of 500,000 rows is well under this; what is over it would not fit a tab. */
export const BROWSER_LIMITS: FileLimits = { bytes: 100_000_000, unzippedBytes: 1_000_000_000, rows: 500_000 }
/** Rows of one request, and of one message from the worker. */
export const CHUNK_ROWS = 1_000

export type ListHead = {
  sheet: string
  columns: { header: string; field: string }[]
  rowCount: number
  sha256: string
  readMs: number
}
export type ReadRequest = { kind: 'read'; file: File; country: string } | { kind: 'chunk'; n: number }
export type ReadReply =
  | { kind: 'stage'; stage: Stage }
  | { kind: 'list'; head: ListHead }
  | { kind: 'refused'; refusal: FileRefusal }
  | { kind: 'chunk'; n: number; rows: ImportRow[] }

/**
 * A file read beside the page, in a Web Worker of its own (IMP-1): the rows stay over there and come in chunks, so the
 * page never holds or copies the whole list. Closing it is how reading is cancelled, whatever it is doing.
 */
export class ListFile {
  private readonly worker = new Worker(new URL('./read-worker.ts', import.meta.url), { type: 'module' })

  read(
    file: File,
    country: string,
    onStage: (stage: Stage) => void,
  ): Promise<{ ok: true; head: ListHead } | { ok: false; refusal: FileRefusal }> {
    return new Promise((resolve) => {
      // out of memory ends the worker: the file was too much for this device
      this.worker.onerror = () => resolve({ ok: false, refusal: 'file-too-large' })
      this.worker.onmessage = ({ data }: MessageEvent<ReadReply>) => {
        if (data.kind === 'stage') onStage(data.stage)
        else if (data.kind === 'list') resolve({ ok: true, head: data.head })
        else if (data.kind === 'refused') resolve({ ok: false, refusal: data.refusal })
      }
      this.ask({ kind: 'read', file, country })
    })
  }

  /** One at a time. */
  chunk(n: number): Promise<ImportRow[]> {
    return new Promise((resolve, reject) => {
      this.worker.onerror = () => reject(new Error('the reading worker ended'))
      this.worker.onmessage = ({ data }: MessageEvent<ReadReply>) => {
        if (data.kind === 'chunk' && data.n === n) resolve(data.rows)
      }
      this.ask({ kind: 'chunk', n })
    })
  }

  close(): void {
    this.worker.terminate()
  }

  private ask(request: ReadRequest): void {
    this.worker.postMessage(request)
  }
}
