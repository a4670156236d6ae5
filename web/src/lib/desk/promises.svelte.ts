import type { CallbackDue } from '#shared/protocol/pulls'
import { callbacksDue } from '#shared/protocol/pulls'
import { api } from '$lib/api/client'

const ASK_EVERY_MS = 3 * 60_000

/** The calls promised to me, for whatever page is open: the desk knows them best; elsewhere they are asked for. */
class Promises {
  list = $state.raw<readonly CallbackDue[]>([])
  private isFed = false

  /** The desk is open and tells; call what it returns when it closes. */
  feed(): () => void {
    this.isFed = true
    return () => (this.isFed = false)
  }
  /** While no desk is open. */
  watch(): () => void {
    void this.ask()
    const timer = setInterval(() => void this.ask(), ASK_EVERY_MS)
    return () => clearInterval(timer)
  }
  private async ask(): Promise<void> {
    if (this.isFed) return
    const reply = await api.get('/api/me/callbacks', { schema: callbacksDue })
    if (reply.ok && !this.isFed) this.list = reply.value.items
  }
}
export const promises = new Promises()
