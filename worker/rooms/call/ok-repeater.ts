import { TRANSACTION_MS, type Leg, type Send } from '../../sip/b2bua/state'

/** RFC 3261 §13.3.1.4: a 200 is repeated after T1, doubling up to T2, until its ACK. */
const T1_MS = 500
const T2_MS = 4_000

/** The 200s of a call that wait for their ACK. Its timers are of this life of the room: one that is born again begins anew. */
export class OkRepeater {
  private readonly repeating = new Set<string>()

  constructor(
    private readonly legNow: (n: number) => Leg | undefined,
    private readonly say: (send: Send) => void,
  ) {}

  follow({ n, ok }: Leg): void {
    if (!ok || this.repeating.has(`${n}:${ok.cseq}`)) return
    const key = `${n}:${ok.cseq}`
    this.repeating.add(key)
    const again = (ms: number) =>
      setTimeout(() => {
        const leg = this.legNow(n)
        if (leg?.ok?.cseq !== ok.cseq || Date.now() - ok.since > TRANSACTION_MS) return void this.repeating.delete(key)
        this.say({ aor: leg.aor, instance: leg.instance, text: leg.ok.text })
        again(Math.min(ms * 2, T2_MS))
      }, ms)
    again(T1_MS)
  }
}
