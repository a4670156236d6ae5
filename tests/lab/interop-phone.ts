import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from '@playwright/test'
import { build } from 'esbuild'
import { watchSound } from '../journeys/telephones'
import type { Account, Phone } from './interop-page'

const entry = path.join(path.dirname(fileURLToPath(import.meta.url)), 'interop-page.ts')
const PAGE = '<!doctype html><meta charset="utf-8"><audio autoplay></audio><script src="/phone.js"></script>'
let served: Promise<string> | null = null

/** From an origin of its own, and from this machine: a page of anywhere else must ask before it opens a socket to it. */
async function serve(): Promise<string> {
  const made = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', logLevel: 'error' })
  const script = made.outputFiles[0]!.text
  const server = http.createServer(({ url }, response) => {
    const isScript = url === '/phone.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : PAGE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** JsSIP in a browser context of its own, not yet registered. */
export async function openPhone(browser: Browser): Promise<JsSipPhone> {
  const origin = await (served ??= serve())
  const context = await browser.newContext({ permissions: ['microphone'] })
  await watchSound(context)
  const page = await context.newPage()
  await page.goto(origin)
  return new JsSipPhone(page)
}

type Asked = { [Name in keyof Phone]: Parameters<Phone[Name]> }

/** Drives the telephone of a page; `event` waits for what happens to it. */
export class JsSipPhone {
  constructor(readonly page: Page) {}

  ask<Name extends keyof Phone>(name: Name, ...asked: Asked[Name]): Promise<Awaited<ReturnType<Phone[Name]>>> {
    return this.page.evaluate(
      ([name, asked]) => {
        const { phone } = globalThis as unknown as { phone: Record<string, (...asked: unknown[]) => unknown> }
        return phone[name]!(...asked) as never
      },
      [name, asked] as [string, unknown[]],
    )
  }
  event(name: string): Promise<void> {
    return this.ask('event', name)
  }
  register(account: Account): Promise<void> {
    return this.ask('register', account)
  }
  close(): Promise<void> {
    return this.page.context().close()
  }
}
