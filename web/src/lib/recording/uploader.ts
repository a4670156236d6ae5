import { leadWhileOpen } from '$lib/offline/tab-leader'
import { recordingEdge } from './recording-api'
import { openRecordingDb } from './recording-db'
import { RecordingStore } from './recording-store'
import { deliver } from './recording-upload'

const CHANNEL = 'switchroom-recordings'
/** A page that records a call holds this lock: when it dies the browser lets go of it. */
export const liveLock = (id: string): string => `switchroom-recording-${id}`

/** Says to whichever tab delivers that there is something to deliver. */
export function tellStored(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('stored')
  channel.close()
}

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 60_000

/**
 * PHONE-11: one tab of this browser delivers this person's recordings, while calls run and after a crash. Ends when `signal` is
 * aborted.
 */
export async function deliverRecordings(username: string, signal: AbortSignal): Promise<void> {
  const db = await openRecordingDb(username)
  if (signal.aborted) return db.close()
  signal.addEventListener('abort', () => db.close())
  const store = new RecordingStore(db)
  leadWhileOpen(`switchroom-recordings-${username}`, signal, () => void lead(store, signal))
}

async function lead(store: RecordingStore, signal: AbortSignal): Promise<void> {
  const channel = new BroadcastChannel(CHANNEL)
  let wake = () => {}
  let isWoken = false
  const ring = () => {
    isWoken = true
    wake()
  }
  channel.onmessage = ring
  addEventListener('online', ring, { signal })
  signal.addEventListener('abort', () => (ring(), channel.close()))
  let wait = FIRST_WAIT_MS
  while (!signal.aborted) {
    isWoken = false
    const outcome = await deliver({ store, edge: recordingEdge, isLive, now: () => Date.now() }).catch(() => 'waits')
    wait = outcome === 'empty' ? FIRST_WAIT_MS : Math.min(wait * 2, LONGEST_WAIT_MS)
    if (isWoken) continue
    await new Promise<void>((go) => {
      const timer = outcome === 'empty' ? undefined : setTimeout(go, wait)
      wake = () => (clearTimeout(timer), go())
    })
    // a chunk that was stored is no reason to wait longer for the next
    if (isWoken) wait = FIRST_WAIT_MS
  }
}

async function isLive(id: string): Promise<boolean> {
  if (!navigator.locks) return false
  return navigator.locks.request(liveLock(id), { ifAvailable: true }, (lock) => lock === null)
}
