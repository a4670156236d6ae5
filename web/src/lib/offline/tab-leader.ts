/**
 * One tab among all of this browser does what must be done once (SYNC-3): Web Locks hands the lead on the moment a tab
 * closes, crashes or gives up. Where locks are missing (no secure origin) every tab leads: the edge applies a command
 * once anyway.
 */
export function leadWhileOpen(name: string, signal: AbortSignal, onLead: () => void): void {
  if (!navigator.locks) {
    onLead()
    return
  }
  navigator.locks
    .request(name, { signal }, () => {
      onLead()
      return new Promise<void>((letGo) => signal.addEventListener('abort', () => letGo(), { once: true }))
    })
    .catch((fault: unknown) => {
      if (!signal.aborted) throw fault
    })
}

/** Runs `work` while no other tab runs work of that name. */
export async function oneAtATime<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work()
  return navigator.locks.request(name, work) as Promise<T>
}
