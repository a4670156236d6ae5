/**
 * Tasks of one key run one after another, in the order they were given, whatever becomes of those before; keys do not wait
 * for each other. Messages to another room go through it: the runtime keeps the order of calls on one stub, and not across
 * the replacement of a broken one.
 */
export class InOrder {
  private readonly last = new Map<string, Promise<unknown>>()

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.last.get(key)
    const mine = before ? before.then(task, task) : task()
    this.last.set(key, mine)
    const forget = () => {
      if (this.last.get(key) === mine) this.last.delete(key)
    }
    mine.then(forget, forget)
    return mine
  }
}
