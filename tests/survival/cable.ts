import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser } from '@playwright/test'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'

/**
 * A browser behind a cable that can be pulled. Where the machine allows it, the browser lives in a network of its own (ip-netns(8)),
 * joined to ours by a pair of virtual Ethernet ends; all its TCP passes our proxy, its media goes straight.
 *
 *   browser ─ localhost:port ─ [forward.mjs] ═══ cable ═══ [proxy] ─ localhost:port ─ house
 *        └──────────────── media (UDP) ═════════ cable ═══ the other browser
 */
export type Cable = {
  browser: Browser
  /** Where the house is, as that browser sees it. */
  url: string
  /** Whether there is a link to pull; without rights to make one only the proxy can be cut. */
  hasLink: boolean
  /** Every TCP connection is reset. */
  cutSockets(): void
  /** The connections of now lead nowhere any more, without a word; new ones work. */
  stallSockets(): void
  /** The link goes: sockets and media. */
  linkDown(): void
  linkUp(): void
  close(): Promise<void>
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })

/** Whether this machine lets us make networks (root, and no container that forbids it). */
export function canMakeLinks(): boolean {
  const name = `sr-may-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

export async function layCable(port: number): Promise<Cable> {
  return canMakeLinks() ? layLink(port) : layProxy(port)
}

async function layLink(port: number): Promise<Cable> {
  const id = process.pid % 10_000
  const [space, ours, theirs] = [`sr-${id}`, `sr-a${id}`, `sr-b${id}`]
  const [here, there] = [1, 2].map((n) => `10.${64 + (id >> 8)}.${id & 255}.${n}`) as [string, string]
  ip('netns', 'add', space)
  ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs, 'netns', space)
  // IPv4 alone: an IPv6 address of the link's own comes a second or two late, and a browser that sees one come breaks off what it loads
  ip('link', 'set', ours, 'addrgenmode', 'none')
  ip('-n', space, 'link', 'set', theirs, 'addrgenmode', 'none')
  ip('addr', 'add', `${here}/30`, 'dev', ours)
  ip('link', 'set', ours, 'up')
  ip('-n', space, 'addr', 'add', `${there}/30`, 'dev', theirs)
  ip('-n', space, 'link', 'set', 'lo', 'up')
  const linkUp = () => {
    ip('-n', space, 'link', 'set', theirs, 'up')
    ip('-n', space, 'route', 'replace', 'default', 'via', here)
  }
  linkUp()
  const proxy = await openProxy(port, here, port)
  const forward = await started([
    'ip',
    'netns',
    'exec',
    space,
    process.execPath,
    path.join(import.meta.dirname, 'forward.mjs'),
    String(port),
    here,
    String(port),
  ])
  const folder = mkdtempSync(path.join(tmpdir(), 'cable-'))
  const program = path.join(folder, 'chromium')
  writeFileSync(program, `#!/bin/sh\nexec ip netns exec ${space} ${findChromium()} "$@"\n`, { mode: 0o755 })
  const browser = await launch(program)
  return {
    browser,
    url: `http://localhost:${port}`,
    hasLink: true,
    cutSockets: proxy.cut,
    stallSockets: proxy.stall,
    linkDown: () => void ip('-n', space, 'link', 'set', theirs, 'down'),
    linkUp,
    async close() {
      await browser.close()
      forward.kill('SIGKILL')
      proxy.close()
      ip('netns', 'del', space)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A house at `port` behind the proxy's own; localhost is a secure origin at any port. */
async function layProxy(port: number): Promise<Cable> {
  const proxy = await openProxy(0, '127.0.0.1', port)
  const browser = await launch(findChromium())
  return {
    browser,
    url: `http://localhost:${proxy.port}`,
    hasLink: false,
    cutSockets: proxy.cut,
    stallSockets: proxy.stall,
    linkDown: proxy.stall,
    linkUp: () => undefined,
    async close() {
      await browser.close()
      proxy.close()
    },
  }
}

const launch = (executablePath: string) =>
  chromium.launch({ executablePath, args: CHROMIUM_FLAGS, ignoreDefaultArgs: ['--mute-audio'] })

async function openProxy(port: number, host: string, to: number) {
  const pairs = new Set<[net.Socket, net.Socket]>()
  const server = net.createServer((near) => {
    const far = net.connect(to, 'localhost')
    const pair: [net.Socket, net.Socket] = [near, far]
    pairs.add(pair)
    near.pipe(far).pipe(near)
    const end = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const one of pair) one.on('error', end).on('close', end)
  })
  await new Promise<void>((ready, fail) => server.once('error', fail).listen(port, host, ready))
  const each = (act: (pair: [net.Socket, net.Socket]) => void) => [...pairs].forEach(act)
  return {
    port: (server.address() as net.AddressInfo).port,
    cut: () => each((pair) => pair.forEach((one) => one.resetAndDestroy())),
    stall: () =>
      each(([near, far]) => {
        near.unpipe(far)
        far.unpipe(near)
        near.resume()
        far.resume()
      }),
    close: () => {
      each((pair) => pair.forEach((one) => one.destroy()))
      server.close()
    },
  }
}

function started([program, ...args]: string[]): Promise<ChildProcess> {
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((ready, fail) => {
    child.once('exit', (code) => fail(new Error(`${program} ended with ${code}`)))
    child.stdout!.once('data', () => ready(child))
  })
}
