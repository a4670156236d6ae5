import type { Reply, Trouble } from './client'

/**
 * One thing that is read from the server and shown: its value stays while it is asked again, so that nothing jumps.
 *
 *   const pools = new Remote(() => api.get('/api/pools', { schema }))
 *   $effect(() => pools.every(5000))        // asks now, then while the page is visible
 */
export class Remote<T> {
  value = $state.raw<T | null>(null)
  problem = $state.raw<Trouble | null>(null)
  isLoading = $state(false)
  private latest = 0

  constructor(private ask: () => Promise<Reply<T>>) {}

  load = async (): Promise<void> => {
    const mine = ++this.latest
    this.isLoading = true
    const reply = await this.ask()
    if (mine !== this.latest) return
    this.isLoading = false
    if (reply.ok) {
      this.value = reply.value
      this.problem = null
    } else this.problem = reply.problem
  }
  /** Asks now and every `ms` while the page is visible; the answer stops it. */
  every(ms: number): () => void {
    void this.load()
    const timer = setInterval(() => document.visibilityState === 'visible' && void this.load(), ms)
    return () => clearInterval(timer)
  }
  set(value: T): void {
    this.latest++
    this.isLoading = false
    this.value = value
    this.problem = null
  }
}
