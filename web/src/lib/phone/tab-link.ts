/**
 * PHONE-10: of all tabs of this browser one owns the telephone (a Web Lock, released by the browser itself when the tab
 * dies); the others mirror its state and send it what their buttons were pressed for.
 */
export type TabMessage<S> =
  | { kind: 'state'; state: S }
  /** A tab that has just opened asks for the state. */
  | { kind: 'ask' }
  | { kind: 'do'; id: string; action: string; args: unknown[] }
  | { kind: 'did'; id: string; result: unknown }

export type TabHandlers<S> = {
  /** This tab owns the telephone from now on; `last`: what the former owner showed. */
  owned(last: S | null): void
  mirrored(state: S): void
  /** The owner is asked to act. */
  act(action: string, args: unknown[]): Promise<unknown>
  current(): S
}

type Channel = Pick<BroadcastChannel, 'postMessage' | 'close'> & { onmessage: ((event: MessageEvent) => void) | null }
type Locks = Pick<LockManager, 'request'>

/** Longer than an owner in a throttled tab needs, shorter than an agent's patience. */
const ANSWER_MS = 5_000

export class TabLink<S> {
  isOwner = false
  /** Settles when it is known whether this tab owns the telephone. */
  readonly ready: Promise<void>
  private last: S | null = null
  private readonly waiting = new Map<string, (result: unknown) => void>()
  private letGo: (() => void) | null = null

  constructor(
    name: string,
    private readonly handlers: TabHandlers<S>,
    private readonly channel: Channel = new BroadcastChannel(name),
    locks: Locks = navigator.locks,
  ) {
    channel.onmessage = (event) => this.receive(event.data as TabMessage<S>)
    this.ready = new Promise((ready) => {
      void locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock) return this.own(ready)
        ready()
        this.post({ kind: 'ask' })
        void locks.request(name, () => this.own(ready))
        return undefined
      })
    })
  }

  /** Tells the other tabs; only the owner does. */
  publish(state: S): void {
    if (this.isOwner) this.post({ kind: 'state', state })
  }

  /** Asks the owner to act. Undefined: no owner answered. */
  ask(action: string, args: unknown[]): Promise<unknown> {
    const id = crypto.randomUUID()
    return new Promise((answer) => {
      const timer = setTimeout(() => settle(undefined), ANSWER_MS)
      const settle = (result: unknown) => {
        clearTimeout(timer)
        this.waiting.delete(id)
        answer(result)
      }
      this.waiting.set(id, settle)
      this.post({ kind: 'do', id, action, args })
    })
  }

  close(): void {
    this.isOwner = false
    this.letGo?.()
    this.channel.close()
  }

  private own(ready: () => void): Promise<void> {
    this.isOwner = true
    this.handlers.owned(this.last)
    ready()
    return new Promise((letGo) => (this.letGo = letGo))
  }

  private receive(message: TabMessage<S>): void {
    if (message.kind === 'state' && !this.isOwner) {
      this.last = message.state
      this.handlers.mirrored(message.state)
    } else if (message.kind === 'ask') this.publish(this.handlers.current())
    else if (message.kind === 'did') this.waiting.get(message.id)?.(message.result)
    else if (message.kind === 'do' && this.isOwner)
      void this.handlers
        .act(message.action, message.args)
        .then((result) => this.post({ kind: 'did', id: message.id, result }))
  }

  private post(message: TabMessage<S>): void {
    this.channel.postMessage(message)
  }
}
