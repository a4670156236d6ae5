import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A whole Switchroom, started as a person starts it, on a state folder and port of its own. */
export type House = {
  url: string
  stateDir: string
  /** What it printed. */
  output: () => string
  /** As a power cut: node and the runtime at once, nothing flushed. */
  kill: () => Promise<void>
  /** Again on the same state and port. */
  restart: () => Promise<void>
  /** As a person ends it; its state stays. */
  halt: () => Promise<void>
  /** And nothing is left of it. */
  stop: () => Promise<void>
}
type Options = { demo?: boolean; password?: string | null; env?: Record<string, string>; stateDir?: string }

const READY_MS = 180_000
/** What `npm start` does once everything is built: a house that is started again is the one that stopped. AS_BUILT=1: from the first. */
const SERVE_AS_BUILT = ['scripts/start.mjs', '--as-built']

export async function startHouse({
  demo = true,
  password = null,
  env = {},
  stateDir = mkdtempSync(path.join(tmpdir(), 'switchroom-')),
}: Options = {}): Promise<House> {
  const port = await freePort()
  let output = ''
  let child: ChildProcess | null = null

  const start = async (program = process.env.AS_BUILT === '1' ? SERVE_AS_BUILT : ['scripts/start.mjs']) => {
    output = ''
    child = spawn(process.execPath, program, {
      env: {
        ...process.env,
        PORT: String(port),
        STATE_DIR: stateDir,
        DEMO: demo ? '1' : '0',
        ...(password ? { ADMIN_PASSWORD: password } : {}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const started = child
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready: ${output}`)), READY_MS)
      const read = (part: Buffer) => {
        output += part.toString()
        if (/Switchroom is ready at/.test(output)) {
          clearTimeout(late)
          resolve()
        }
      }
      started.stdout!.on('data', read)
      started.stderr!.on('data', read)
      started.once('exit', (code) => {
        clearTimeout(late)
        reject(new Error(`ended with ${code}: ${output}`))
      })
    })
  }
  const ended = (which: ChildProcess) =>
    which.exitCode !== null || which.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((resolve) => which.once('exit', () => resolve()))

  const kill = async () => {
    const dying = child!
    const runtimes = readFileSync(path.join(stateDir, 'runtime.pid'), 'utf8').split(/\s+/).map(Number).filter(Boolean)
    for (const pid of [...runtimes, dying.pid!]) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // already gone
      }
    }
    await ended(dying)
  }
  const halt = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await Promise.race([ended(child), new Promise((resolve) => setTimeout(resolve, 5_000))])
      if (child.exitCode === null && child.signalCode === null) await kill()
    }
  }
  const stop = async () => {
    await halt()
    rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 })
  }
  await start()
  return {
    url: `${env.HTTPS === '1' ? 'https' : 'http'}://localhost:${port}`,
    stateDir,
    output: () => output,
    kill,
    restart: () => start(SERVE_AS_BUILT),
    halt,
    stop,
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
