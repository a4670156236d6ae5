import { isLive } from '$lib/phone/call-progress'
import type { Phone } from '$lib/phone/phone'
import { lightsOf, orderOf, type Order } from './call-control'
import { HeadsetDevice } from './headset-device'
import { hidOf, type Hid, type HidDevice } from './hid'
import { TELEPHONY_PAGE, type Control, type Light } from './layout'
import type { Lights, Press } from './reports'

/** As a screen shows one. `isOpen` false: another program holds it. */
export type Headset = { name: string; headset: HeadsetDevice; isOpen: boolean }

/** Tells the tab that has the telephone that a headset was connected or forgotten in another. */
const CHOSEN = 'headset-chosen'

/**
 * PHONE-12: the headsets this browser was let to use: their buttons work on the call in hand, their lights follow it. Only the tab that
 * has the telephone drives them; another may open them to try a button.
 *
 *   connect (a gesture) ─▶ remembered by the browser ─▶ opened at every start, and when it is plugged in
 */
export class Headsets {
  list = $state.raw<readonly Headset[]>([])
  /** The last button pressed, for who tries them. */
  last = $state.raw<Control | null>(null)
  private phone: Phone | null = null
  private lights: Lights = lightsOf(null)
  private readonly changedAt: Partial<Record<Light, number>> = {}
  private isWatching = false

  constructor(private readonly hid: Hid | null = typeof navigator === 'undefined' ? null : hidOf(navigator)) {}

  get isPossible(): boolean {
    return this.hid !== null
  }

  /** Asks which; from a gesture only. */
  async connect(): Promise<void> {
    const filters = [{ usagePage: TELEPHONY_PAGE }]
    const chosen = await this.hid?.requestDevice({ filters }).catch((): HidDevice[] => [])
    for (const device of chosen ?? []) await this.open(device)
    if (chosen?.length) localStorage.setItem(CHOSEN, String(Date.now()))
  }

  async forget({ headset }: Headset): Promise<void> {
    await this.drop(headset.device)
    await headset.device.forget?.().catch(() => undefined)
    localStorage.setItem(CHOSEN, String(Date.now()))
  }

  /** Opens those that were chosen before, now and when they are plugged in. */
  async resume(): Promise<void> {
    const { hid } = this
    if (!hid) return
    if (!this.isWatching) {
      this.isWatching = true
      const deviceOf = (event: Event) => (event as Event & { device: HidDevice }).device
      hid.addEventListener('connect', (event) => void this.open(deviceOf(event)))
      hid.addEventListener('disconnect', (event) => void this.drop(deviceOf(event)))
      window.addEventListener('storage', (event) => event.key === CHOSEN && void this.resume())
    }
    const allowed = await hid.getDevices().catch((): HidDevice[] => [])
    for (const { headset } of this.list) if (!allowed.includes(headset.device)) await this.drop(headset.device)
    for (const device of allowed) await this.open(device)
  }

  /** The buttons work on this telephone from now on, and its call is shown: for as long as the page lives. */
  follow(phone: Phone): void {
    this.phone = phone
    void this.resume()
    $effect.root(() => {
      $effect(() => this.show(phone.isOwner && isLive(phone.call) ? lightsOf(phone.call) : lightsOf(null)))
    })
  }

  private async open(device: HidDevice): Promise<void> {
    const isTelephone = device.collections.some(({ usagePage }) => usagePage === TELEPHONY_PAGE)
    if (!isTelephone || this.list.some(({ headset }) => headset.device === device && headset.isOpen)) return
    const headset: HeadsetDevice = new HeadsetDevice(device, (press) => this.press(press, headset))
    const isOpen = await headset.open()
    const others = this.list.filter((one) => one.headset.device !== device)
    this.list = [...others, { name: headset.name, headset, isOpen }]
    if (this.phone?.isOwner) await headset.show(this.lights)
  }

  private async drop(device: HidDevice): Promise<void> {
    const gone = this.list.find(({ headset }) => headset.device === device)
    this.list = this.list.filter((one) => one !== gone)
    await gone?.headset.close()
  }

  private press(press: Press, headset: HeadsetDevice): void {
    if (press.on) this.last = press.control
    const { phone } = this
    if (!phone?.isOwner) return
    const order = orderOf(press, phone.call, (light) => Date.now() - (this.changedAt[light] ?? -Infinity))
    if (order) return carryOut(order, phone)
    // one that went off hook for nobody is told that it hangs
    const isForNobody = press.control === 'hook' && press.on && !this.lights['off-hook']
    if (isForNobody) void headset.showAnew(this.lights)
  }

  private show(lights: Lights): void {
    for (const light of Object.keys(lights) as Light[])
      if (lights[light] !== this.lights[light]) this.changedAt[light] = Date.now()
    this.lights = lights
    if (this.phone?.isOwner) for (const { headset } of this.list) void headset.show(lights)
  }
}

function carryOut(order: Order, phone: Phone): void {
  switch (order.do) {
    case 'answer':
      return void phone.answer()
    case 'decline':
      return void phone.decline()
    case 'hang-up':
      return void phone.hangUp()
    case 'mute':
      return void phone.mute(order.on)
    case 'hold':
      return void phone.hold(order.on)
  }
}

let headsets: Headsets | null = null
/** Of this machine; made at first use. */
export const thisHeadsets = (): Headsets => (headsets ??= new Headsets())
