import type * as z from 'zod'
import type { Action } from '#shared/domain/access/table'
import { me as meSchema, type Me } from '#shared/protocol/session'
import type { mePatch, Preferences } from '#shared/protocol/users'
import { api, listen, type Reply, type Trouble } from '$lib/api/client'
import { isSessionOver } from '$lib/api/reply'
import { locale } from '$lib/i18n/locale.svelte'
import { clock } from '$lib/ui/clock.svelte'
import { theme } from './theme.svelte'

const KEPT = 'session-me'

/**
 * Who is signed in in this browser, and what they may do. Kept on the device, so that a reload without a network opens
 * the app (SYNC-3); what the desk holds is not ours and outlives the end of a session (SYNC-4).
 *
 *   unknown ──load──▶ signed-in ──401, sign out──▶ signed-out
 *                       ▲  └ isStale: shown from this device, the server has not answered yet
 */
class Session {
  status = $state<'unknown' | 'signed-in' | 'signed-out'>('unknown')
  me = $state<Me | null>(null)
  /** Shown from this device: the server could not be asked. */
  isStale = $state(false)
  /** Why the last session ended, to be said on the sign-in page. */
  ended = $state<Trouble['code'] | null>(null)
  private loading: Promise<void> | null = null

  load(): Promise<void> {
    this.loading ??= this.ask().finally(() => (this.loading = null))
    return this.loading
  }

  /** The server is asked again when the page is come back to, and now and then: a session that ended elsewhere ends here. */
  watch(): () => void {
    const look = () => void (document.visibilityState === 'visible' && this.status === 'signed-in' && this.load())
    const timer = setInterval(look, 20_000)
    document.addEventListener('visibilitychange', look)
    addEventListener('online', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      removeEventListener('online', look)
    }
  }

  private async ask(): Promise<void> {
    const kept = readKept()
    if (kept && this.status === 'unknown') this.take(kept, true)
    const reply = await api.get('/api/me', { schema: meSchema, quiet: true })
    if (reply.ok) this.take(reply.value, false)
    else if (isSessionOver(reply.problem.code))
      this.end(kept && reply.problem.code !== 'not-signed-in' ? reply.problem.code : null)
    else if (!kept) this.status = this.status === 'unknown' ? 'signed-out' : this.status
    else this.isStale = true
  }

  private take(me: Me, stale: boolean): void {
    this.me = me
    this.isStale = stale
    this.status = 'signed-in'
    this.ended = null
    if (!stale) {
      clock.setServer(me.now)
      localStorage.setItem(KEPT, JSON.stringify(me))
    }
    if (me.preferences.language && !localStorage.getItem('language')) locale.set(me.preferences.language)
    if (!theme.isChosenHere) theme.show(me.preferences.theme)
  }

  /** The session is over; what the desk holds stays on the device. */
  end(because: Trouble['code'] | null): void {
    if (this.status === 'signed-out') return
    localStorage.removeItem(KEPT)
    this.me = null
    this.ended = because
    this.status = 'signed-out'
  }

  /** AUTH-3. `replace`: the other person's session in this browser ends. The look and language chosen here go along. */
  async signIn(username: string, password: string, replace = false): Promise<Reply<Me>> {
    const body = { username: username.trim().toLowerCase(), password, ...(replace ? { replace } : {}) }
    const reply = await api.post('/api/session', { body, schema: meSchema, quiet: true })
    if (reply.ok) this.open(reply.value)
    return reply
  }

  /** A session just began here. */
  open(me: Me): void {
    this.take(me, false)
    if (!me.user.mustChangePassword) void this.keepLook(me.preferences)
  }

  async signOut(): Promise<void> {
    await api.delete('/api/session', { quiet: true })
    this.end(null)
  }

  async change(patch: z.input<typeof mePatch>): Promise<Reply<Me>> {
    const reply = await api.patch('/api/me', { body: patch, schema: meSchema })
    if (reply.ok) this.take(reply.value, false)
    return reply
  }

  may(action: Action): boolean {
    return this.me?.permissions.includes(action) ?? false
  }

  private async keepLook(saved: Preferences): Promise<void> {
    const patch: z.input<typeof mePatch> = {}
    if (localStorage.getItem('language') && saved.language !== locale.current) patch.language = locale.current
    if (theme.isChosenHere && theme.choice !== 'contrast' && theme.choice !== saved.theme) patch.theme = theme.choice
    if (Object.keys(patch).length > 0) await this.change(patch)
  }
}

function readKept(): Me | null {
  try {
    const parsed = meSchema.safeParse(JSON.parse(localStorage.getItem(KEPT) ?? 'null'))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

export const session = new Session()
listen({
  sessionOver: (code) => session.end(code),
  passwordOwed: () => {
    if (session.me) session.me.user.mustChangePassword = true
  },
})
