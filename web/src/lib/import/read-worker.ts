/// <reference lib="webworker" />
import { readList, type List } from '#shared/spreadsheet/list'
import { BROWSER_LIMITS, CHUNK_ROWS, type ReadReply, type ReadRequest } from './list-file'

/** Parses a spreadsheet off the page's thread and keeps its rows until they are asked for. */
let list: List | null = null
const scope = self as unknown as DedicatedWorkerGlobalScope
const say = (reply: ReadReply) => scope.postMessage(reply)

scope.onmessage = async ({ data }: MessageEvent<ReadRequest>) => {
  if (data.kind === 'chunk')
    return say({
      kind: 'chunk',
      n: data.n,
      rows: list?.rows.slice(data.n * CHUNK_ROWS, (data.n + 1) * CHUNK_ROWS) ?? [],
    })
  await read(data.file, data.country)
}

async function read(file: File, country: string): Promise<void> {
  const started = performance.now()
  if (file.size > BROWSER_LIMITS.bytes) return say({ kind: 'refused', refusal: 'file-too-large' })
  // a file that was moved or is still in the cloud cannot be opened
  const bytes = await file
    .arrayBuffer()
    .then((buffer) => new Uint8Array(buffer))
    .catch(() => null)
  if (!bytes) return say({ kind: 'refused', refusal: 'file-unreadable' })
  const found = await readList(bytes, { name: file.name, country }, BROWSER_LIMITS, (stage) =>
    say({ kind: 'stage', stage }),
  )
  if (!found.ok) return say({ kind: 'refused', refusal: found.refusal })
  list = found.value
  const { sheet, columns, rows } = list
  const sha256 = hex(await crypto.subtle.digest('SHA-256', bytes))
  say({
    kind: 'list',
    head: {
      sheet,
      columns: columns.map(({ header, field }) => ({ header, field })),
      rowCount: rows.length,
      sha256,
      readMs: performance.now() - started,
    },
  })
}

const hex = (buffer: ArrayBuffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
