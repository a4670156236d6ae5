import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * Two servers on one state folder would be two writers of one room. The lock is a local socket that only a living
 * process can hold; whoever finds it held is told by whom. It doubles as the console: `npm run password` speaks to the
 * server that is running through it. Only this machine's user can open it.
 */
export type Console = (request: unknown) => Promise<unknown>
export class StateInUse extends Error {}

export function lockPath(stateDir: string): string {
  const name = createHash('sha256').update(realpathSync(stateDir)).digest('hex').slice(0, 20)
  return process.platform === 'win32'
    ? `\\\\.\\pipe\\switchroom-${name}`
    : path.join(tmpdir(), `switchroom-${name}.sock`)
}

export async function lockState(stateDir: string, console: Console): Promise<() => void> {
  const place = lockPath(stateDir)
  const holder = await ask(place, { ask: 'who' })
  if (holder)
    throw new StateInUse(
      `Another Switchroom (process ${(holder as { pid: number }).pid}) is running on ${stateDir}. Stop it first, or set STATE_DIR and PORT.`,
    )
  if (process.platform !== 'win32') rmSync(place, { force: true })
  const server = net.createServer((socket) => answer(socket, console))
  const previousMask = process.umask(0o077)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(place, () => resolve())
  }).finally(() => process.umask(previousMask))
  // two that started in the same moment: whoever's socket stands at the path has the lock
  const winner = (await ask(place, { ask: 'who' })) as { pid: number } | null
  if (winner?.pid !== process.pid) {
    server.close()
    throw new StateInUse(`Another Switchroom is starting on ${stateDir}.`)
  }
  server.unref()
  return () => server.close()
}

function answer(socket: net.Socket, console: Console): void {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (part: string) => {
    text += part
    if (text.length > 10_000) return void socket.destroy()
    if (!text.includes('\n')) return
    const request = JSON.parse(text) as { ask?: string }
    if (request.ask === 'who') return void socket.end(JSON.stringify({ pid: process.pid }))
    console(request).then(
      (reply) => socket.end(JSON.stringify(reply ?? null)),
      (fault: Error) => socket.end(JSON.stringify({ error: fault.message })),
    )
  })
}

/** Asks whoever holds the lock; null when nobody does. */
export function ask(place: string, request: unknown): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = net.connect(place)
    let text = ''
    socket.setEncoding('utf8')
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('data', (part: string) => (text += part))
    socket.on('error', () => resolve(null))
    socket.on('end', () => resolve(text ? JSON.parse(text) : null))
  })
}

/** SIGKILL of a server leaves its runtime serving: it is ended before another one opens the same state. */
export function endLeftover(stateDir: string): void {
  const file = path.join(stateDir, 'runtime.pid')
  if (!existsSync(file)) return
  for (const pid of readFileSync(file, 'utf8').split(/\s+/).map(Number).filter(Boolean)) {
    if (!isRuntime(pid)) continue
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it ended by itself
    }
  }
  rmSync(file, { force: true })
}

function isRuntime(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const told = `/proc/${pid}/cmdline`
  // without /proc (macOS, Windows) the pid file alone is believed: it is removed at every clean stop
  return !existsSync('/proc/self') || (existsSync(told) && readFileSync(told, 'utf8').includes('workerd'))
}

export function noteRuntime(stateDir: string, pids: number[]): void {
  writeFileSync(path.join(stateDir, 'runtime.pid'), pids.join('\n'))
}
export function forgetRuntime(stateDir: string): void {
  rmSync(path.join(stateDir, 'runtime.pid'), { force: true })
}
