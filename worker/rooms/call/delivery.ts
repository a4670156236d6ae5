import type { Env } from '../../env'
import { log } from '../../log'
import type { Send } from '../../sip/b2bua/state'
import { isTrunk, trunkIdOf } from '../../carriers/trunk'
import { agentRoom, trunkRoom } from '../doors'
import { InOrder } from '../in-order'
import type { AgentPort, TrunkPort } from '../ports'
import { withTimeout } from '../room'

const TIMEOUT_MS = 2_000
/** Whoever holds the sockets of an AOR: an AgentRoom, or the TrunkRoom of an SBC. */
type DevicePort = Pick<AgentPort & TrunkPort, 'deliver'>

/**
 * The only way SIP leaves a CallRoom: to one device by its AgentRoom (or TrunkRoom), in the order it was decided. The stub of each AOR is
 * kept; a broken one is replaced and asked once more.
 */
export class Delivery {
  private readonly stubs = new Map<string, DevicePort>()
  private readonly toAgents = new InOrder()

  constructor(
    private readonly env: Env,
    private readonly room: string,
  ) {}

  /** Resolves when all were handed over (or given up: SIP's own time-outs deal with that). */
  async deliver(sends: Send[]): Promise<void> {
    const devices = new Map<string, { aor: string; instance: string; texts: string[] }>()
    for (const { aor, instance, text } of sends) {
      const key = `${aor}\n${instance}`
      const device = devices.get(key) ?? { aor, instance, texts: [] }
      device.texts.push(text)
      devices.set(key, device)
    }
    await Promise.all(
      [...devices.values()].map((device) =>
        this.hand(device.aor, device.instance, device.texts).catch((fault: unknown) =>
          log.warn('sip not delivered', { callId: this.room, fault }),
        ),
      ),
    )
  }

  /** Whether the device has a socket now. */
  reaches(aor: string, instance: string): Promise<boolean> {
    return this.hand(aor, instance, [])
  }

  private async hand(aor: string, instance: string, texts: string[]): Promise<boolean> {
    const ask = () => withTimeout(this.owner(aor).deliver(instance, texts), TIMEOUT_MS)
    return this.toAgents.run(aor, () =>
      ask().catch(() => {
        this.stubs.delete(aor)
        return ask()
      }),
    )
  }

  private owner(aor: string): DevicePort {
    let stub = this.stubs.get(aor)
    if (!stub)
      this.stubs.set(aor, (stub = isTrunk(aor) ? trunkRoom(this.env, trunkIdOf(aor)) : agentRoom(this.env, aor)))
    return stub
  }
}
