/// <reference lib="webworker" />
import type { Match } from '#shared/domain/import/columns'
import { foldHeader } from '#shared/domain/import/text'
import { ListFault, openList, type OpenList } from '#shared/spreadsheet/list'
import { BROWSER_LIMITS, CHUNK_ROWS, type ReadReply, type ReadRequest } from './list-file'

/** Reads a spreadsheet off the page's thread and keeps its rows, as the requests they will be, until they are asked for. */
const scope = self as unknown as DedicatedWorkerGlobalScope
const say = (reply: ReadReply) => scope.postMessage(reply)
let chunks: Uint8Array<ArrayBuffer>[] = []
let isRead = false
/** Chunks that were asked for and are not read yet. */
const waiting = new Set<number>()
/** Rows between two words about progress. */
const SAY_EVERY = 5_000

scope.onmessage = async ({ data }: MessageEvent<ReadRequest>) => {
  if (data.kind !== 'chunk')
    return read(data.file, data.country, data.kind === 'look', data.kind === 'read' ? data.matches : undefined)
  if (data.n < chunks.length || isRead) hand(data.n)
  else waiting.add(data.n)
}

function hand(n: number): void {
  // a copy: a request whose answer was lost is made again
  const body = chunks[n]?.slice() ?? null
  scope.postMessage({ kind: 'chunk', n, body } satisfies ReadReply, body ? [body.buffer] : [])
}

function handWaiting(): void {
  for (const n of waiting) {
    if (n >= chunks.length && !isRead) continue
    waiting.delete(n)
    hand(n)
  }
}

async function read(file: File, country: string, onlyLooks: boolean, matches: Match[] | undefined): Promise<void> {
  const started = performance.now()
  if (file.size > BROWSER_LIMITS.bytes) return say({ kind: 'refused', refusal: 'file-too-large' })
  // a file that was moved or is still in the cloud cannot be opened
  const bytes = await file
    .arrayBuffer()
    .then((buffer) => new Uint8Array(buffer))
    .catch(() => null)
  if (!bytes) return say({ kind: 'refused', refusal: 'file-unreadable' })
  const opened = await openList(bytes, { name: file.name, country }, BROWSER_LIMITS, {
    ...(matches ? { matches } : {}),
    onStage: (stage) => say({ kind: 'stage', stage, rows: 0 }),
  })
  if (!opened.ok) return say({ kind: 'refused', refusal: opened.refusal })
  const list = opened.value
  say({
    kind: 'list',
    head: {
      sheet: list.sheet,
      columns: list.columns.map(({ header, field }) => ({ header, field })),
      places: list.columns.map(({ index }) => index),
      hasPhone: list.hasPhone,
      preview: list.preview,
      sha256: hex(await crypto.subtle.digest('SHA-256', bytes)),
      signature: await signatureOf(list),
    },
  })
  if (!list.hasPhone || onlyLooks) return
  try {
    const rowCount = await pack(list)
    isRead = true
    handWaiting()
    say({ kind: 'read', rowCount, readMs: performance.now() - started })
  } catch (fault) {
    if (!(fault instanceof ListFault)) throw fault
    say({ kind: 'refused', refusal: fault.refusal })
  }
}

/** The rows as bodies of requests: text of UTF-8 is a tenth of what the same rows are as objects. */
async function pack({ rows }: OpenList): Promise<number> {
  const encoder = new TextEncoder()
  let texts: string[] = []
  let count = 0
  chunks = []
  const flush = async () => {
    if (texts.length === 0) return
    chunks.push(encoder.encode(`{"rows":[${texts.join(',')}]}`))
    texts = []
    // whoever asked meanwhile is heard
    await nextTurn()
    handWaiting()
  }
  for await (const batch of rows()) {
    for (const row of batch) {
      texts.push(JSON.stringify(row))
      count += 1
      if (texts.length === CHUNK_ROWS) await flush()
      if (count % SAY_EVERY === 0) say({ kind: 'stage', stage: 'reading', rows: count })
    }
  }
  await flush()
  return count
}

/** By a message: timers wait four milliseconds. */
const turns = new MessageChannel()
const nextTurn = () =>
  new Promise<void>((resolve) => {
    turns.port1.onmessage = () => resolve()
    turns.port2.postMessage(null)
  })

async function signatureOf({ headers }: OpenList): Promise<string> {
  const folded = headers.map(foldHeader).join('|')
  return hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(folded))).slice(0, 32)
}

const hex = (buffer: ArrayBuffer) =>
  Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')
