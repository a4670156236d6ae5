import * as z from 'zod'
import { importView, type ImportMemory } from '#shared/protocol/imports'
import { api, type Trouble } from '$lib/api/client'
import { CHUNK_ROWS, type ListFile, type ListHead, type Read } from './list-file'
import { chunksLeft } from './memory'
import { patiently, type Pause } from './patience'

/** Chunks on their way at once: while one is judged, the next is read and the one after it travels. */
const IN_FLIGHT = 3
const received = z.object({ received: z.int() })

type Sending = {
  poolId: string
  file: File
  head: ListHead
  list: ListFile
  byHand: boolean
  /** IMP-5: the same file half sent. */
  half: ImportMemory['open']
  signal: AbortSignal
  pause: Pause
  onSent: (rows: number) => void
}
export type Sent = { ok: true; id: string } | { ok: false; problem: Trouble }

/**
 * Sends a list while it is being read: its import is opened without the number of its rows, which is told at the end. Answers once
 * all of it is there.
 */
export async function sendList(sending: Sending): Promise<Sent> {
  const { half, list, signal, pause } = sending
  if (half && half.state !== 'receiving') return { ok: true, id: half.id }
  // a file without a row is no import
  if (!half && (await list.chunk(0)) === null) return refusalOf(await list.read)
  const opened: Sent = half ? { ok: true, id: half.id } : await open(sending)
  if (!opened.ok || signal.aborted) return opened
  const problem = await sendChunks(opened.id, sending)
  if (problem) return { ok: false, problem }
  if (signal.aborted) return opened
  const read = await list.read
  if (!read.ok) return refusalOf(read)
  const told = await patiently(
    () => api.patch(pathOf(opened.id), { body: { rowCount: read.rowCount }, schema: importView }),
    signal,
    pause,
  )
  return told.ok ? opened : { ok: false, problem: told.problem }
}

const refusalOf = (read: Read): Sent => ({
  ok: false,
  problem: { code: read.ok ? 'file-empty' : read.refusal, status: 0 },
})

const pathOf = (id: string) => `/api/imports/${encodeURIComponent(id)}`

async function open({ poolId, file, head, byHand }: Sending): Promise<Sent> {
  const { sha256, columns, signature } = head
  const body = { fileName: file.name, sha256, columns, ...(byHand ? { signature } : {}) }
  const opened = await api.post(`/api/pools/${encodeURIComponent(poolId)}/imports`, { body, schema: importView })
  return opened.ok ? { ok: true, id: opened.value.id } : { ok: false, problem: opened.problem }
}

async function sendChunks(id: string, { list, half, signal, pause, onSent }: Sending): Promise<Trouble | null> {
  const there = half?.chunks ?? []
  const left = chunksLeft(there)
  let sent = there.length * CHUNK_ROWS
  let problem: Trouble | null = null
  const lane = async () => {
    for (const n of left) {
      const raw = await list.chunk(n)
      if (raw === null || signal.aborted || problem) return
      const put = await patiently(() => api.put(`${pathOf(id)}/chunks/${n}`, { raw, schema: received }), signal, pause)
      if (!put.ok) problem ??= put.problem
      if (signal.aborted || problem) return
      onSent((sent += CHUNK_ROWS))
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane))
  return problem
}
