import { csvParts } from '#shared/spreadsheet/csv-writer'
import { xlsxStream, type OutCell } from '#shared/spreadsheet/xlsx-writer'
import type { Reply, Trouble } from '$lib/api/client'

export type { OutCell }
export type Format = 'xlsx' | 'csv'
const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv;charset=utf-8',
}

/** The asking failed in the middle: there is no file, rather than half of one. */
export class ExportStopped extends Error {
  constructor(readonly problem: Trouble) {
    super(problem.code)
  }
}

export type Table = {
  name: string
  columns: readonly { title: string; width: number }[]
  rows: AsyncIterable<OutCell[]>
  rightToLeft: boolean
}

/** IMP-7: a table as a file, made as its rows come in; a phone number stays one, and no text becomes a formula. */
export async function tableFile({ name, columns, rows, rightToLeft }: Table, format: Format): Promise<Blob> {
  const header = columns.map(({ title }) => title)
  const parts: BlobPart[] = []
  if (format === 'csv') for await (const part of csvParts(header, rows)) parts.push(part)
  else {
    const reader = xlsxStream({
      name,
      header,
      rows,
      widths: columns.map(({ width }) => width),
      rightToLeft,
    }).getReader()
    for (let read = await reader.read(); !read.done; read = await reader.read())
      parts.push(read.value as Uint8Array<ArrayBuffer>)
  }
  return new Blob(parts, { type: TYPES[format] })
}

/** Page after page as rows, until there is none behind; each page is counted. */
export async function* pagedRows<T>(
  ask: (cursor: string | null) => Promise<Reply<{ items: T[]; nextCursor: string | null }>>,
  rowOf: (item: T) => OutCell[],
  onCount: (count: number) => void,
): AsyncGenerator<OutCell[]> {
  let cursor: string | null = null
  let count = 0
  do {
    const reply: Reply<{ items: T[]; nextCursor: string | null }> = await ask(cursor)
    if (!reply.ok) throw new ExportStopped(reply.problem)
    for (const item of reply.value.items) yield rowOf(item)
    onCount((count += reply.value.items.length))
    cursor = reply.value.nextCursor
  } while (cursor !== null)
}

/** Hands the file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
