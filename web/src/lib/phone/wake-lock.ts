type Sentinel = { release(): Promise<void> }
type Wake = { request(type: 'screen'): Promise<Sentinel> }
type Page = { visibilityState: string; addEventListener(type: 'visibilitychange', then: () => void): void }

/** PHONE-12: the screen stays on while a call lasts. A browser takes the lock away with the page's sight; it is asked again with it. */
export class WakeLock {
  private isWanted = false
  private held: Promise<Sentinel | null> | null = null

  constructor(
    private readonly wake: Wake | undefined = (navigator as { wakeLock?: Wake }).wakeLock,
    private readonly page: Page = document,
  ) {
    page.addEventListener('visibilitychange', () => {
      // gone with the sight of the page
      if (page.visibilityState !== 'visible') this.held = null
      this.settle()
    })
  }

  follow(isInCall: boolean): void {
    this.isWanted = isInCall
    this.settle()
  }

  private settle(): void {
    const { held, isWanted, wake } = this
    if (isWanted && !held && wake && this.page.visibilityState === 'visible') {
      // refused on a low battery: the call goes on
      this.held = wake.request('screen').catch(() => null)
    } else if (!isWanted && held) {
      this.held = null
      void held.then((lock) => lock?.release()).catch(() => undefined)
    }
  }
}
