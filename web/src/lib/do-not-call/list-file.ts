import { isRefused, type CellsReply, type CellsRequest } from './messages'

/** Cells of one chunk with the row of the file that its first one stands in. */
export type Cells = { rows: string[]; firstRow: number }

/**
 * POOL-16: the numbers of a file of any length, chunk by chunk, read beside the page in a Web Worker. Text and csv are
 * streamed and never held whole; a spreadsheet is read as lists of customers are. Throws what the file is refused for.
 */
export async function* cellsOf(file: File, country: string, signal: AbortSignal): AsyncGenerator<Cells> {
  const worker = new Worker(new URL('./cells-worker.ts', import.meta.url), { type: 'module' })
  const stop = () => worker.terminate()
  signal.addEventListener('abort', stop, { once: true })
  const ask = (request: CellsRequest) =>
    new Promise<CellsReply>((resolve) => {
      // out of memory ends the worker: the file was too much for this device
      worker.onerror = () => resolve({ refused: 'file-too-large' })
      worker.onmessage = ({ data }: MessageEvent<CellsReply>) => resolve(data)
      worker.postMessage(request)
    })
  try {
    let reply = await ask({ file, country })
    for (;;) {
      if (isRefused(reply)) throw new FileRefused(reply.refused)
      if (reply.rows.length === 0) return
      yield reply
      reply = await ask('next')
    }
  } finally {
    stop()
  }
}

export class FileRefused extends Error {
  constructor(readonly refusal: string) {
    super(refusal)
  }
}
