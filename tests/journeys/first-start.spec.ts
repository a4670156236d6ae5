import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { freePort, startHouse } from '../support/house'
import { api, PASSWORD, signIn, token } from './fixtures'

type PoolView = { id: string; stats: Record<string, number> & { byDisposition: Record<string, number> } }

/** Each of these starts servers of its own, as a stranger does: that they are built is looked at too. */
delete process.env.AS_BUILT
test.describe.configure({ timeout: 180_000 })

test.describe('a stranger starts it', () => {
  test('one command gives a demo in which no figure is 0; the second start changes nothing', async ({ browser }) => {
    const house = await startHouse({ demo: true })
    try {
      const password = /password of all four is: (\S+)/.exec(house.output())?.[1]
      expect(password, house.output()).toBeTruthy()
      const admin = await token(house, 'admin', password!)
      const before = (await api<{ items: PoolView[] }>(house, admin, 'GET', '/api/pools')).body.items
      expect(before).toHaveLength(1)
      const { stats } = before[0]!
      expect(stats.total).toBe(40)
      for (const figure of [
        'pending',
        'leased',
        'completed',
        'unreachable',
        'doNotCall',
        'paused',
        'attemptsToday',
        'reachedToday',
      ]) {
        expect(stats[figure], figure).toBeGreaterThan(0)
      }
      for (const [code, n] of Object.entries(stats.byDisposition)) expect(n, code).toBeGreaterThan(0)
      expect(
        stats.pending! + stats.leased! + stats.completed! + stats.unreachable! + stats.doNotCall! + stats.paused!,
      ).toBe(40)

      await house.kill()
      const began = Date.now()
      await house.restart()
      expect(Date.now() - began).toBeLessThan(20_000)
      expect(house.output()).not.toMatch(/password of all four/)
      const after = (
        await api<{ items: PoolView[] }>(house, await token(house, 'admin', password!), 'GET', '/api/pools')
      ).body.items
      expect(after).toEqual(before)

      const page = await browser.newPage({ baseURL: house.url })
      await signIn(page, house, 'alice', password!)
      await expect(page).toHaveURL(/\/desk/)
    } finally {
      await house.stop()
    }
  })

  test('[AUTH-4] an empty start gives a link for the first administrator, good once; there is no default password', async ({
    browser,
  }) => {
    const house = await startHouse({ demo: false })
    try {
      const link = /http\S+\/set-up#\S+/.exec(house.output())?.[0]
      expect(link, house.output()).toBeTruthy()
      const page = await browser.newPage()
      await page.goto(link!)
      await page.locator('input[name=name]').fill('Dora Marsh')
      await page.locator('input[name=username]').fill('dora')
      await page.locator('input[name=password]').fill('a-long-one-to-begin-with')
      await page.locator('button[type=submit]').click()
      await page.waitForURL((url) => !url.pathname.startsWith('/set-up'))
      await expect(page).toHaveURL(/\/pools/)
      const again = await fetch(`${house.url}/api/setup`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: link!.split('#')[1], username: 'mallory', name: 'Mallory', password: PASSWORD }),
      })
      expect(again.status).toBe(410)
      expect(((await again.json()) as { code: string }).code).toBe('setup-closed')
      expect((await fetch(`${house.url}/demo/telephone`)).status).toBe(404)

      const told = execFileSync(process.execPath, ['scripts/password.mjs', 'dora'], {
        env: { ...process.env, STATE_DIR: house.stateDir },
        encoding: 'utf8',
      })
      const fresh = /New password of dora: (\S+)/.exec(told)?.[1]
      expect(fresh).toBeTruthy()
      // the Worker may believe a session for 10 s before it asks its room again
      await expect(async () => {
        await page.reload()
        await expect(page).toHaveURL(/\/sign-in/, { timeout: 2_000 })
      }).toPass({ timeout: 30_000 })
      await signIn(page, house, 'dora', fresh!)
      await expect(page).toHaveURL(/\/password/)
    } finally {
      await house.stop()
    }
  })
})

test.describe('the door', () => {
  test('two servers on one state are refused; what a client forges is not believed', async () => {
    const house = await startHouse({ demo: true, password: PASSWORD })
    try {
      await expect(startHouse({ stateDir: house.stateDir })).rejects.toThrow(
        /Another Switchroom \(process \d+\) is running/,
      )

      const forged = {
        'CF-Connecting-IP': '203.0.113.7',
        'MF-Original-URL': 'https://evil.example/api/me',
        'X-Forwarded-Host': 'evil.example',
        'x-switchroom-address': '203.0.113.8',
      }
      const reply = await fetch(`${house.url}/health`, { headers: forged })
      expect(reply.status).toBe(200)
      for (const tool of ['/cdn-cgi/handler/scheduled', '/cdn-cgi/mf/reload', '/cdn-cgi/explorer'])
        expect((await fetch(house.url + tool)).status).toBe(404)
      const foreign = await fetch(`${house.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://evil.example', ...forged },
        body: JSON.stringify({ username: 'alice', password: PASSWORD }),
      })
      expect(foreign.status).toBe(403)
      expect(((await foreign.json()) as { code: string }).code).toBe('foreign-origin')
    } finally {
      await house.stop()
    }
  })

  test('HTTPS=1 serves another computer with a made certificate and hands out its authority', async () => {
    const stateDir = mkdtempSync(path.join(tmpdir(), 'switchroom-'))
    const house = await startHouse({ demo: true, password: PASSWORD, stateDir, env: { HOST: '0.0.0.0', HTTPS: '1' } })
    try {
      expect(house.output()).toContain('Switchroom is ready at https://localhost')
      const port = Number(new URL(house.url).port)
      const authority = await get({ port, path: '/switchroom-ca.crt', rejectUnauthorized: false })
      expect(authority).toContain('BEGIN CERTIFICATE')
      expect(await get({ port, path: '/health', ca: authority })).toContain('"ok":true')
    } finally {
      await house.stop()
    }
  })

  test('the same state opens in wrangler dev', async () => {
    const house = await startHouse({ demo: true, password: PASSWORD })
    await house.kill()
    const port = await freePort()
    const { spawn } = await import('node:child_process')
    const child = spawn(process.execPath, ['scripts/dev.mjs'], {
      env: { ...process.env, STATE_DIR: house.stateDir, PORT: String(port) },
      stdio: 'ignore',
    })
    try {
      const there = { ...house, url: `http://localhost:${port}` }
      await expect
        .poll(
          () =>
            fetch(`${there.url}/ready`)
              .then((reply) => reply.status)
              .catch(() => 0),
          { timeout: 60_000 },
        )
        .toBe(200)
      const pools = (await api<{ items: PoolView[] }>(there, await token(there, 'admin'), 'GET', '/api/pools')).body
        .items
      expect(pools[0]!.stats.total).toBe(40)
    } finally {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
      await house.stop()
    }
  })
})

function get(options: https.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    https
      .get({ host: 'localhost', ...options }, (reply) => {
        let text = ''
        reply
          .setEncoding('utf8')
          .on('data', (part: string) => (text += part))
          .on('end', () => resolve(text))
      })
      .on('error', reject)
  })
}
