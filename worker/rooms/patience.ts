type Waiting = { until: number; fail: (fault: Error) => void }

/**
 * How long a room waits for others, with one timer for all it waits for: a timer made and cleared for each answer is a tenth
 * of what a call between rooms costs (decision 0136). Belongs to one room: timers and promises do not cross rooms.
 */
export class Patience {
  private readonly waiting = new Set<Waiting>()
  private isWatching = false

  /** Rejects when the answer is not there after `ms`. */
  readonly within = <T>(answer: Promise<T>, ms: number): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const one: Waiting = { until: Date.now() + ms, fail: reject }
      this.waiting.add(one)
      if (!this.isWatching) this.watch(ms)
      answer.then(
        (value) => {
          this.waiting.delete(one)
          resolve(value)
        },
        (fault: unknown) => {
          this.waiting.delete(one)
          reject(fault instanceof Error ? fault : new Error(String(fault)))
        },
      )
    })

  private watch(ms: number): void {
    this.isWatching = true
    setTimeout(() => this.look(), ms)
  }

  private look(): void {
    this.isWatching = false
    const now = Date.now()
    let next = Number.POSITIVE_INFINITY
    for (const one of this.waiting) {
      if (one.until > now) next = Math.min(next, one.until)
      else {
        this.waiting.delete(one)
        one.fail(new Error('no answer in time'))
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.watch(next - now)
  }
}
