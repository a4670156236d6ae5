import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { freePort, startHouse } from '../support/house'
import { DEVICE_PASSWORD, type BenchAgent } from './sip-people'
import { startSipPeer } from './sip-peer'
import type { Line } from './sip-phone'

/** One of those who are measured: where its agents' lines are, and what its runtime takes of memory. */
export type Side = {
  name: string
  line: (agent: BenchAgent) => Line
  /** What the processes that serve it hold of memory now, MB; null: not asked. */
  memoryMB: (() => number) | null
  stop: () => Promise<void>
}

/** `npm start`, with the agents of the state folder (sip-people.ts). */
export async function edgeSide(stateDir: string): Promise<Side> {
  const house = await startHouse({ demo: false, stateDir, env: { LOG_LEVEL: 'error' } })
  const pids = readFileSync(path.join(stateDir, 'runtime.pid'), 'utf8').split(/\s+/).map(Number).filter(Boolean)
  return {
    name: 'edge',
    line: ({ username, device }) => ({
      url: `${house.url.replace('http', 'ws')}/sip?device=${device}`,
      user: username,
      domain: 'switchroom.test',
      authorize: (challenge) => authorization(challenge, username),
    }),
    memoryMB: () => pids.reduce((sum, pid) => sum + residentMB(pid), 0),
    stop: () => house.stop(),
  }
}

/** Sockets of a room that sends every frame back (sip-echo.ts). */
export async function echoSide(): Promise<Side> {
  const port = await freePort()
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/sip-echo.ts', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', (code) => reject(new Error(`the echo ended with ${code}`)))
  })
  const runtimes = childrenOf(child.pid!)
  return {
    name: 'echo',
    line: ({ username, device }) => ({
      url: `ws://127.0.0.1:${port}/sip?device=${device}`,
      user: username,
      domain: 'switchroom.test',
    }),
    memoryMB: () => runtimes.reduce((sum, pid) => sum + residentMB(pid), 0),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Null: Kamailio is not installed. */
export async function kamailioSide(): Promise<Side | null> {
  const peer = await startSipPeer()
  return (
    peer && {
      name: 'Kamailio',
      line: ({ username }) => ({ url: peer.url, user: username, domain: peer.domain }),
      memoryMB: null,
      stop: () => peer.stop(),
    }
  )
}

/** RFC 7616 with MD5 and no qop: what SIP user agents of the field send. */
function authorization(challenge: string, username: string): string {
  const md5 = (text: string) => createHash('md5').update(text).digest('hex')
  const part = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1] ?? ''
  const [realm, nonce, uri] = [part('realm'), part('nonce'), 'sip:switchroom.test']
  const response = md5(`${md5(`${username}:${realm}:${DEVICE_PASSWORD}`)}:${nonce}:${md5(`REGISTER:${uri}`)}`)
  return `Authorization: Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5`
}

/** Of a process that has gone: nothing. */
function residentMB(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return 0
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) / 1024
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(/\s+/).map(Number).filter(Boolean)
}
