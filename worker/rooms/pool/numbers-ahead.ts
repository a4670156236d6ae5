const MOST = 60_000

/**
 * Numbers that were registered before they come in: the pool's own from their first moment, unless a mark says otherwise
 * since. In memory: what is forgotten is registered once more.
 */
export class NumbersAhead {
  private readonly turns = new Map<string, number>()

  add(numbers: readonly string[], turn: number): void {
    for (const number of numbers) {
      this.turns.delete(number)
      this.turns.set(number, turn)
    }
    for (const oldest of this.turns.keys()) {
      if (this.turns.size <= MOST) break
      this.turns.delete(oldest)
    }
  }

  /** The turn in which it became the pool's own; null: it was not registered. */
  turnOf(number: string): number | null {
    return this.turns.get(number) ?? null
  }
}
