import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startHouse } from './house'

/** What is told from room to room after the start is told by then. */
const SETTLED_MS = 2_000
const MADE_WITHIN_MS = 240_000

/** `run`: the process of the whole run; what it makes it takes away (`forgetDemo`). */
const madeFor = (run: number) => path.join(tmpdir(), `switchroom-demo-${run}`)

/**
 * The state of a demo that nobody has used yet, in a folder of its own: made by the first who asks in this run, and copied, for
 * making it takes longer than many a journey.
 */
export async function demoState(password: string): Promise<string> {
  const made = madeFor(process.ppid)
  if (!existsSync(made)) await make(made, password)
  const copy = mkdtempSync(path.join(tmpdir(), 'switchroom-'))
  // whose runtime wrote there is no matter of the copy's
  cpSync(made, copy, { recursive: true, filter: (file) => path.basename(file) !== 'runtime.pid' })
  return copy
}

async function make(made: string, password: string): Promise<void> {
  const making = `${made}.making`
  try {
    mkdirSync(making)
  } catch {
    return other(made)
  }
  try {
    const house = await startHouse({ demo: true, password, stateDir: making })
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    await house.halt()
    renameSync(making, made)
  } catch (fault) {
    rmSync(making, { recursive: true, force: true })
    throw fault
  }
}

/** Another process of this run makes it. */
async function other(made: string): Promise<void> {
  for (const end = Date.now() + MADE_WITHIN_MS; !existsSync(made);) {
    if (Date.now() > end || !existsSync(`${made}.making`)) {
      if (existsSync(made)) return
      throw new Error('the demo that journeys start from was not made')
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** At the end of a run, in its own process. */
export default function forgetDemo(): void {
  rmSync(madeFor(process.pid), { recursive: true, force: true, maxRetries: 5 })
}
