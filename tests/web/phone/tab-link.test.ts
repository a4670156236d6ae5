import { describe, expect, it } from 'vitest'
import { TabLink } from '../../../web/src/lib/phone/tab-link'

/** One browser: a channel all tabs hear but the sender, and one lock, given in the order of asking. */
class Browser {
  private readonly channels: { onmessage: ((event: MessageEvent) => void) | null }[] = []
  private held = false
  private readonly queue: (() => void)[] = []
  channel() {
    const own = {
      onmessage: null as ((event: MessageEvent) => void) | null,
      postMessage: (data: unknown) => {
        const copy = structuredClone(data)
        for (const other of this.channels)
          if (other !== own) queueMicrotask(() => other.onmessage?.({ data: copy } as MessageEvent))
      },
      close: () => void this.channels.splice(this.channels.indexOf(own), 1),
    }
    this.channels.push(own)
    return own
  }
  locks = {
    request: async (
      _name: string,
      options: LockOptions | ((lock: unknown) => unknown),
      callback?: (lock: unknown) => unknown,
    ) => {
      const run = (callback ?? options) as (lock: unknown) => unknown
      if (callback && (options as LockOptions).ifAvailable && this.held) return run(null)
      if (this.held) await new Promise<void>((go) => this.queue.push(go))
      this.held = true
      await run({})
      this.held = false
      this.queue.shift()?.()
    },
  } as unknown as Pick<LockManager, 'request'>
}
function open(browser: Browser, name: string) {
  const tab = { name, state: `${name} is off`, owned: null as string | null | undefined, acted: [] as string[] }
  const link = new TabLink<string>(
    'phone',
    {
      owned: (last) => (tab.owned = last),
      mirrored: (state) => (tab.state = state),
      act: async (action, args) => {
        tab.acted.push(`${action} ${args.join()}`)
        return `${name} did ${action}`
      },
      current: () => tab.state,
    },
    browser.channel(),
    browser.locks,
  )
  return { ...{ tab, link } }
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('tabs of one browser', () => {
  it('[PHONE-10] one owns the telephone, the next mirrors it and asks it to act', async () => {
    const browser = new Browser()
    const first = open(browser, 'first')
    await first.link.ready
    first.tab.state = 'talking'
    const second = open(browser, 'second')
    await second.link.ready
    await settle()
    expect([first.link.isOwner, second.link.isOwner]).toEqual([true, false])
    expect(second.tab.state).toBe('talking')
    expect(await second.link.ask('mute', [true])).toBe('first did mute')
    expect(first.tab.acted).toEqual(['mute true'])
  })
  it('[PHONE-10] closing the owner hands over with what it showed; closing a mirror changes nothing', async () => {
    const browser = new Browser()
    const [first, second, third] = ['first', 'second', 'third'].map((name) => open(browser, name)) as [
      ReturnType<typeof open>,
      ReturnType<typeof open>,
      ReturnType<typeof open>,
    ]
    await Promise.all([first.link.ready, second.link.ready, third.link.ready])
    first.link.publish('registered')
    await settle()
    third.link.close()
    await settle()
    expect(second.link.isOwner).toBe(false)
    first.link.close()
    await settle()
    expect(second.link.isOwner).toBe(true)
    expect(second.tab.owned).toBe('registered')
  })
})
