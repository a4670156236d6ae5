import { expect, test } from './fixtures'

test.use({ file: 'extension-call' })

/** How well a busy machine sounds is no matter here: that everything answers is. */
const WORKS = /^(ready|limited)$/

test('[PHONE-6] alice checks her phone before the first call, and hears herself', async ({ person }) => {
  const alice = await person('alice', { path: '/settings/check' })
  await alice.getByRole('button', { name: 'Check everything' }).click()
  const check = (name: string) => alice.locator(`[data-check=${name}]`)
  await check('speaker').getByRole('button', { name: 'I hear it' }).click()
  await expect(alice.locator('[data-verdict]')).toHaveAttribute('data-verdict', WORKS, { timeout: 45_000 })
  await expect(check('microphone')).not.toHaveAttribute('data-state', 'failed')
  await expect(check('registration')).toContainText('The server knows you.')
  await expect(check('turn-udp')).toHaveAttribute('data-state', 'unset')
  await expect(check('loop')).toContainText(/MOS \d\.\d/)
  await expect(alice.getByRole('button', { name: 'Copy the report' })).toBeVisible()

  await alice.getByRole('button', { name: 'Start the echo test' }).click()
  await expect(alice.getByText('Say something: you hear it a second later.')).toBeVisible()
  await alice.getByRole('button', { name: 'Stop' }).click()
  await expect(alice.getByRole('button', { name: 'Start the echo test' })).toBeVisible()
})

test('[SIP-12] neither the telephone’s socket nor that of live news is compressed', async ({ person }) => {
  const alice = await person('alice', { path: '/settings/check' })
  const extensions = await alice.evaluate(() =>
    Promise.all(
      [
        ['/sip', 'sip'],
        ['/api/live?topic=me', 'switchroom.v1'],
      ].map(
        ([path, protocol]) =>
          new Promise<string>((resolve, reject) => {
            const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + path, protocol)
            socket.onopen = () => resolve(socket.extensions)
            socket.onerror = () => reject(new Error(path))
          }),
      ),
    ),
  )
  expect(extensions).toEqual(['', ''])
})
