import { createSubscriber } from 'svelte/reactivity'

/**
 * The one ticking clock of the app: everything that shows seconds reads `clock.now`, so that all of it changes together
 * and nothing ticks while nothing shows. It runs on the server's time once that is known: a device three hours wrong
 * still shows true times.
 */
class Clock {
  private offsetMs = 0
  private subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1000)
    return () => clearInterval(timer)
  })

  /** Epoch ms by the server's clock; reactive, once a second. */
  get now(): number {
    this.subscribe()
    return Date.now() + this.offsetMs
  }
  /** The same, not reactive: for commands and handlers. */
  read(): number {
    return Date.now() + this.offsetMs
  }
  setServer(now: number): void {
    this.offsetMs = now - Date.now()
  }
}

export const clock = new Clock()
