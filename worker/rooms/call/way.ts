import type { Env } from '../../env'
import { isAside } from '../../sip/b2bua/monitor'
import type { B2bua } from '../../sip/b2bua/state'
import type { CallFile } from './call-store'
import type { Opening } from './opening'
import { routeCall } from './route-call'
import type { Routed } from './routed'

/** An INVITE waits so long for where it goes; after that it is kept first, and goes on when that is known. */
const AHEAD_MS = 50

/**
 * Where a call goes. For a call that is about to be opened it is asked before anything is written, for a write would hold the
 * question up until it is on disk: so the room's first commit knows the way, as a rule, and the INVITE leaves after it
 * (decision 0235). Not so for a number that no lease stands for: it is held with the first commit, before anything rings (POOL-1).
 */
export class Way {
  private asked: Promise<Routed> | null = null
  private answer: Routed | null = null

  constructor(
    private readonly env: Env,
    private readonly callId: () => string,
  ) {}

  /** Resolves when it is known, or has taken too long. */
  async askAhead({ state, file }: Opening): Promise<void> {
    if (isAside(state) || (file.direction !== 'internal' && !file.lease) || this.asked) return
    this.asked = this.route(state, file)
    const known = this.asked.then((routed) => void (this.answer = routed))
    await Promise.race([known, new Promise((resolve) => setTimeout(resolve, AHEAD_MS))])
  }

  /** Known already: once. */
  takeKnown(): Routed | null {
    const { answer } = this
    if (answer) this.forget()
    return answer
  }

  /** Known already, and telephones of the house ring. */
  get telephones(): Routed | null {
    const { answer } = this
    const rings = answer?.direction === 'internal' && answer.route.to === 'devices' && answer.route.devices.length > 0
    return rings ? answer : null
  }

  /** Of a call that is kept: what was asked ahead, or asked now, also in a room that was just born again. */
  async ask(state: B2bua, file: CallFile): Promise<Routed> {
    const routed = await (this.asked ?? this.route(state, file))
    this.forget()
    return routed
  }

  forget(): void {
    this.asked = null
    this.answer = null
  }

  private route({ dialled, triedTrunks: tried = [], hunt, call }: B2bua, { caller }: CallFile): Promise<Routed> {
    const rung = hunt?.rung.map(({ aor }) => aor) ?? []
    return routeCall(this.env, dialled, caller, Date.now(), {
      callId: this.callId(),
      tried,
      rung,
      since: call.startedAt,
    })
  }
}
