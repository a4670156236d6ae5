import type { IceServer, IceServers } from '#shared/protocol/ice'

type Ask = () => Promise<{ ok: true; value: IceServers } | { ok: false }>

/**
 * SIP-11: the servers that this browser's calls go through where they must. Asked for when the line comes up and again at half of
 * their time; a call takes what is known when it begins, and never waits for them.
 */
export class IceServerBook {
  private servers: readonly IceServer[] = []
  private renewAt = 0
  private asking: Promise<void> | null = null

  constructor(
    private readonly ask: Ask,
    private readonly now: () => number = Date.now,
  ) {}

  get current(): readonly IceServer[] {
    if (this.now() >= this.renewAt) void this.renew()
    return this.servers
  }

  renew(): Promise<void> {
    this.asking ??= this.read().finally(() => (this.asking = null))
    return this.asking
  }

  private async read(): Promise<void> {
    const reply = await this.ask()
    const now = this.now()
    if (!reply.ok) {
      this.renewAt = now + RETRY_MS
      return
    }
    const { expiresAt } = reply.value
    this.servers = reply.value.iceServers
    this.renewAt = expiresAt === null ? now + UNCHANGED_MS : now + (expiresAt - now) / 2
  }
}

const RETRY_MS = 30_000
const UNCHANGED_MS = 3_600_000
