/** Short news at the foot of the screen. With `undo`, for 8 s (LOOK-5: undo instead of "are you sure?"). */
export type Toast = {
  id: number
  title: string
  detail?: string | undefined
  /** `news`: nothing was done; somebody says something. */
  tone: 'done' | 'failed' | 'news'
  undo?: (() => void) | undefined
}

class Toasts {
  list = $state<Toast[]>([])
  private nextId = 1
  private timers = new Map<number, ReturnType<typeof setTimeout>>()

  show(title: string, options: { detail?: string; tone?: Toast['tone']; undo?: () => void; ms?: number } = {}): number {
    const id = this.nextId++
    const { detail, tone = 'done', undo } = options
    this.list = [...this.list.slice(-2), { id, title, detail, tone, undo }]
    this.timers.set(
      id,
      setTimeout(() => this.close(id), options.ms ?? (undo || tone === 'failed' ? 8000 : 5000)),
    )
    return id
  }
  close(id: number): void {
    clearTimeout(this.timers.get(id))
    this.timers.delete(id)
    this.list = this.list.filter((toast) => toast.id !== id)
  }
  undo(id: number): void {
    const toast = this.list.find((one) => one.id === id)
    this.close(id)
    toast?.undo?.()
  }
  /** For the undo key: takes back the newest that can be. True when there was one. */
  undoLast(): boolean {
    const toast = this.list.findLast((one) => one.undo)
    if (toast) this.undo(toast.id)
    return toast !== undefined
  }
}

export const toasts = new Toasts()
