import { chromium, type Browser } from '@playwright/test'
import { openPhone, type JsSipPhone } from '../lab/interop-phone'
import { CHROMIUM_FLAGS, findChromium } from '../support/chromium'
import { DEVICE_PASSWORD } from './sip-people'
import type { Line } from './sip-phone'

/** Of one call: from the INVITE to its 200; from the click until packets come in at both ends. */
export type Heard = { setUpMs: number; soundMs: number }

/** Two browser pages with JsSIP, one of which answers by itself. */
export class BrowserPair {
  private constructor(
    private readonly caller: JsSipPhone,
    private readonly callee: JsSipPhone,
    private readonly target: string,
  ) {}

  static launch(): Promise<Browser> {
    return chromium.launch({
      executablePath: findChromium(),
      args: CHROMIUM_FLAGS,
      ignoreDefaultArgs: ['--mute-audio'],
    })
  }

  static async open(browser: Browser, ...lines: [caller: Line, callee: Line]): Promise<BrowserPair> {
    const [caller, callee] = await Promise.all(
      lines.map(async ({ url, user, domain, authorize }) => {
        const phone = await openPhone(browser)
        await phone.register({ url, username: user, domain, password: authorize ? DEVICE_PASSWORD : '' })
        return phone
      }),
    )
    await callee!.ask('answerByItself')
    return new BrowserPair(caller!, callee!, `sip:${lines[1].user}@${lines[1].domain}`)
  }

  async call(): Promise<Heard> {
    const { setUpMs, clickedAt, heardAt } = await this.caller.ask('timedCall', this.target)
    const theyHeardAt = await this.callee.ask('firstSound')
    const ended = this.callee.event('ended by remote')
    await this.caller.ask('hangUp')
    await ended
    return { setUpMs, soundMs: Math.max(heardAt, theyHeardAt) - clickedAt }
  }
}
