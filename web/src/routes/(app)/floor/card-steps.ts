/** Where an arrow leads among cards that wrap: along the reading direction, or to the nearest card of the next row. */
export function stepIn<E extends { getBoundingClientRect(): { left: number; top: number } }>(
  cards: readonly E[],
  from: E,
  key: string,
  isRtl: boolean,
): E | null {
  const at = cards.indexOf(from)
  if (at < 0) return null
  if (key === 'Home') return cards[0] ?? null
  if (key === 'End') return cards.at(-1) ?? null
  if (key === 'ArrowRight' || key === 'ArrowLeft')
    return cards[at + ((key === 'ArrowRight') !== isRtl ? 1 : -1)] ?? null
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null
  const here = from.getBoundingClientRect()
  const down = key === 'ArrowDown'
  const beyond = cards.filter((card) =>
    down ? card.getBoundingClientRect().top > here.top : card.getBoundingClientRect().top < here.top,
  )
  if (beyond.length === 0) return null
  const tops = beyond.map((card) => card.getBoundingClientRect().top)
  const row = down ? Math.min(...tops) : Math.max(...tops)
  const away = (card: E) => Math.abs(card.getBoundingClientRect().left - here.left)
  return beyond
    .filter((card) => card.getBoundingClientRect().top === row)
    .reduce((near, card) => (away(card) < away(near) ? card : near))
}
