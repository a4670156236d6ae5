import { loadProfile } from '../../auth/profiles'
import type { Env } from '../../env'
import { log } from '../../log'
import type { AgentProfile } from '../ports'
import { withTimeout } from '../room'
import type { AgentStore } from './agent-store'

/** The room's copy of the user's row and pools: pushed after every change, read from D1 at sign-in. D1 down stops no agent. */
export class ProfileCopy {
  /** null: not read yet, or a guest's AOR. */
  now: AgentProfile | null

  constructor(
    private readonly store: AgentStore,
    private readonly env: Pick<Env, 'DB'>,
    private readonly userId: string,
    private readonly inGroup: (decide: () => void) => Promise<void>,
  ) {
    this.now = store.profile()
  }

  /** An older push that arrives after a newer one changes nothing. */
  async set(profile: AgentProfile): Promise<void> {
    if ((this.now?.version ?? 0) > (profile.version ?? 0)) return
    await this.inGroup(() => {
      this.store.keepProfile(profile)
      this.now = profile
    })
  }

  async get(): Promise<AgentProfile | null> {
    if (!this.now) await this.read()
    return this.now
  }

  async read(): Promise<void> {
    try {
      const profile = await withTimeout(loadProfile(this.env, this.userId), 5_000)
      if (profile) await this.set(profile)
    } catch (fault) {
      log.warn('profile not read; the copy counts', { userId: this.userId, fault })
    }
  }

  reload(): void {
    this.now = this.store.profile()
  }
}
