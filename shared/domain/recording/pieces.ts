/** A run of bytes asked for: `from` inclusive, `to` exclusive. */
export type Span = { from: number; to: number }
/** What to read of a thing stored in pieces: piece `n`, of it the bytes `from` to `to`. */
export type Piece = { n: number; from: number; to: number }

/**
 * RFC 9110 §14.2: one range of `total` bytes. `whole`: no header, one of another unit, or several ranges (which a server may
 * ignore). `none`: nothing of it is there (416).
 */
export function spanOf(header: string | null | undefined, total: number): Span | 'whole' | 'none' {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!found || (found[1] === '' && found[2] === '')) return 'whole'
  const [first, last] = [found[1]!, found[2]!]
  if (first === '') {
    const length = Math.min(Number(last), total)
    return length === 0 ? 'none' : { from: total - length, to: total }
  }
  const from = Number(first)
  const to = last === '' ? total : Math.min(Number(last) + 1, total)
  if (last !== '' && Number(last) < from) return 'whole'
  return from >= total ? 'none' : { from, to }
}

/** The pieces that hold a span, in order. `sizes`: of all pieces, 0 where one was lost. */
export function piecesOf(sizes: readonly number[], { from, to }: Span): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  sizes.forEach((size, n) => {
    const end = start + size
    // of a piece that was lost there is nothing to read
    if (size > 0 && start < to && end > from)
      pieces.push({ n, from: Math.max(0, from - start), to: Math.min(size, to - start) })
    start = end
  })
  return pieces
}
