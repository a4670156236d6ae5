import { expect, test } from '@playwright/test'
import { DESK_PHONE_TONE, PHONE_TONE, startLab } from './lab'
import { shareOfTone } from './sound'

/** The lab itself, before anything of ours takes part: what fails here is no fault of the trunk. */
test('the telephone network calls a desk phone, and each hears the other', async () => {
  const lab = await startLab()
  try {
    const desk = await lab.startDeskPhone()
    await desk.command('reginfo')
    const { telephone } = lab
    await expect(async () => {
      const answered = telephone.event('CALL_ESTABLISHED', 1_500)
      await telephone.command('dial', 'sip:desk@127.0.0.1')
      await answered
    }).toPass({ timeout: 8_000 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const closed = Promise.all([telephone.event('CALL_CLOSED'), desk.event('CALL_CLOSED')])
    await telephone.command('hangup')
    await closed
    await expect.poll(() => shareOfTone(telephone.recording(), DESK_PHONE_TONE).share).toBeGreaterThan(0.8)
    await expect.poll(() => shareOfTone(desk.recording(), PHONE_TONE).share).toBeGreaterThan(0.8)
  } finally {
    await lab.stop()
  }
})
