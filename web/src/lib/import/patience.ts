import type { Reply } from '$lib/api/client'

/** A request that got no answer is asked again this often; chunks and commits may be (IMP-5). */
const RETRIES_MS = [500, 1_500, 4_000, 8_000]
export type Pause = (ms: number) => Promise<void>
export const pauseFor: Pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export async function patiently<T>(ask: () => Promise<Reply<T>>, signal: AbortSignal, pause: Pause): Promise<Reply<T>> {
  for (const wait of RETRIES_MS) {
    const reply = await ask()
    if (signal.aborted || reply.ok || (reply.problem.code !== 'offline' && reply.problem.code !== 'unavailable'))
      return reply
    await pause(wait)
  }
  return ask()
}
