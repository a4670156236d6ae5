/** One subject is told at most once in this time; the first news of it goes out at once. */
export const BURST_MS = 50

/**
 * FLOOR-1: keeps a burst about one subject (a pool under 50 pulls a second) from becoming a burst on every screen.
 *
 *   news ─▶ told at once ─▶ news, news, newest within 50 ms ─▶ the newest told when they are over
 *
 * Nothing is lost: pictures are whole, so the newest stands for those it replaces.
 */
export class Burst<T> {
  private readonly toldAt = new Map<string, number>()
  private readonly held = new Map<string, T>()
  private isArmed = false

  constructor(private readonly tell: (news: T) => void) {}

  offer(subject: string, news: T): void {
    const now = Date.now()
    if (this.held.has(subject) || now - (this.toldAt.get(subject) ?? 0) < BURST_MS) this.held.set(subject, news)
    else {
      this.toldAt.set(subject, now)
      this.tell(news)
    }
    if (this.isArmed) return
    this.isArmed = true
    setTimeout(() => this.release(), BURST_MS)
  }

  private release(): void {
    this.isArmed = false
    const now = Date.now()
    const due = [...this.held]
    this.held.clear()
    for (const [subject, at] of this.toldAt) if (now - at >= BURST_MS) this.toldAt.delete(subject)
    for (const [subject, news] of due) {
      this.toldAt.set(subject, now)
      this.tell(news)
    }
    if (this.toldAt.size > 0 && due.length > 0) {
      this.isArmed = true
      setTimeout(() => this.release(), BURST_MS)
    }
  }
}
