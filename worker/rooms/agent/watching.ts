import type { Env } from '../../env'
import type { Status } from '../../sip/subscription-body'
import type { AgentProfile } from '../ports'
import type { ShellStore } from '../shell-store'
import type { AgentStore } from './agent-store'
import type { PresenceKeeper } from './presence-keeper'
import { Pager } from './pager'
import { dialogOf } from './seen-call'
import type { SipLine } from './sip-line'
import { SubscriptionStore } from './subscription-store'
import { Subscriptions } from './subscriptions'
import { Watched } from './watched'

type Parts = {
  env: Env
  ctx: DurableObjectState
  userId(): string
  store: AgentStore
  shell: ShellStore
  presence: PresenceKeeper
  profile(): AgentProfile | null
  line(): SipLine
  inGroup<T>(decide: () => T): Promise<T>
}

/** Both ends of what goes from phone to phone beside calls (SIP-5): whom its phones watch, who watches it, and messages. */
export class Watching {
  readonly subscriptions: Subscriptions
  readonly watched: Watched
  readonly pager: Pager

  constructor(private readonly room: Parts) {
    const store = new SubscriptionStore(room.ctx.storage.sql)
    this.subscriptions = new Subscriptions({
      ...room,
      store,
      role: () => room.profile()?.role ?? 'guest',
      deliver: (instance, texts) => room.line().deliver(instance, texts),
    })
    this.pager = new Pager({
      ...room,
      bindings: () => room.line().bindings(),
      deliver: (instance, texts) => room.line().deliver(instance, texts),
    })
    this.watched = new Watched({ ...room, store, status: () => this.status() })
  }

  private status(): Omit<Status, 'rev'> {
    const { presence, profile, line, store } = this.room
    return {
      isGone: typeof profile()?.disabledAt === 'number',
      isOpen: line().bindings().length > 0,
      state: presence.shown(Date.now()).state,
      dialogs: store.calls().map(dialogOf),
    }
  }
}
