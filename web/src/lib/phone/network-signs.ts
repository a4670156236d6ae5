/** Where the browser tells of its network and of the page's sleep; stands in for `window`, `document` and `navigator.connection`. */
type Source = Pick<EventTarget, 'addEventListener' | 'removeEventListener'>

/**
 * PHONE-8. What hints that the socket may be dead, or that a new one can be had: the network came, went or changed, the page is
 * seen or runs again. None of it proves anything; whoever is told asks the socket.
 */
export class NetworkSigns {
  private readonly told: () => void
  private readonly signs: [Source | undefined, string][]

  constructor(hint: () => void) {
    this.told = () => hint()
    // Safari and Firefox know no `connection`
    const { document: page, navigator: machine } = globalThis as Partial<typeof globalThis>
    const connection = (machine as { connection?: Source } | undefined)?.connection
    this.signs = [
      [globalThis, 'online'],
      [globalThis, 'offline'],
      [globalThis, 'pageshow'],
      [page, 'visibilitychange'],
      [page, 'resume'],
      [connection, 'change'],
    ]
  }

  watch(): void {
    for (const [source, sign] of this.signs) source?.addEventListener(sign, this.told)
  }
  ignore(): void {
    for (const [source, sign] of this.signs) source?.removeEventListener(sign, this.told)
  }
}
