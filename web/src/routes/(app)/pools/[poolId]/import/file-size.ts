/** 1.9 MB, in the reader's language. */
export function fileSize(bytes: number, locale: string): string {
  const big = bytes >= 1_000_000
  const value = big ? bytes / 1_000_000 : Math.max(bytes / 1_000, 1)
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: big ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: big ? 1 : 0,
  }).format(value)
}
