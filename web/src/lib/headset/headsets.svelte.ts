import { isLive } from '$lib/phone/call-progress'
import type { Phone } from '$lib/phone/phone'
import { lightsOf, orderOf, type Order } from './call-control'
import { hidOf, type Hid, type HidDevice, type HidReportEvent } from './hid'
import { isUseful, layoutOf, TELEPHONY_PAGE, type Control, type Layout, type Light } from './layout'
import { pressesOf, reportsOf, type Held, type Lights } from './reports'

/** A headset as a screen shows it. `isOpen` false: another program holds it, or it was just plugged in. */
export type Headset = { name: string; layout: Layout; isOpen: boolean; device: HidDevice }
type Driven = Headset & { held: Held; sent: Map<number, string>; listen: (event: Event) => void }

/** Tells the tab that has the telephone that a headset was connected or forgotten in another. */
const CHOSEN = 'headset-chosen'

/**
 * PHONE-12: the headsets this browser was let to use, opened, their buttons working on the call in hand and their lights following it.
 * Only the tab that has the telephone drives them; another may open them to try a button.
 *
 *   connect (a gesture) ─▶ remembered by the browser ─▶ opened at every start, and when it is plugged in
 */
export class Headsets {
  list = $state.raw<readonly Headset[]>([])
  /** The last button pressed, for who tries them. */
  last = $state.raw<{ control: Control; at: number } | null>(null)
  private readonly driven = new Map<HidDevice, Driven>()
  private phone: Phone | null = null
  private lights: Lights = lightsOf(null)
  private readonly changedAt = new Map<Light, number>()
  private isWatching = false

  constructor(private readonly hid: Hid | null = typeof navigator === 'undefined' ? null : hidOf(navigator)) {}

  get isPossible(): boolean {
    return this.hid !== null
  }

  /** Asks which; from a gesture only. */
  async connect(): Promise<void> {
    const chosen = await this.hid
      ?.requestDevice({ filters: [{ usagePage: TELEPHONY_PAGE }] })
      .catch((): HidDevice[] => [])
    for (const device of chosen ?? []) await this.open(device)
    if (chosen?.length) localStorage.setItem(CHOSEN, String(Date.now()))
  }

  async forget({ device }: Headset): Promise<void> {
    this.drop(device)
    await device.close().catch(() => undefined)
    await device.forget?.().catch(() => undefined)
    localStorage.setItem(CHOSEN, String(Date.now()))
  }

  /** Opens those that were chosen before, now and when they are plugged in. */
  async resume(): Promise<void> {
    const { hid } = this
    if (!hid) return
    if (!this.isWatching) {
      this.isWatching = true
      hid.addEventListener('connect', (event) => void this.open((event as Event & { device: HidDevice }).device))
      hid.addEventListener('disconnect', (event) => this.drop((event as Event & { device: HidDevice }).device))
      window.addEventListener('storage', (event) => event.key === CHOSEN && void this.resume())
    }
    const allowed = await hid.getDevices().catch((): HidDevice[] => [])
    for (const device of this.driven.keys()) if (!allowed.includes(device)) this.drop(device)
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
    if (!isTelephone || this.driven.get(device)?.isOpen) return
    const layout = layoutOf(device.collections)
    const listen = (event: Event) => this.hear(device, event as HidReportEvent)
    const isOpen =
      device.opened ||
      (await device.open().then(
        () => true,
        () => false,
      ))
    if (this.driven.get(device)?.isOpen) return
    const name = device.productName
    this.driven.set(device, { name, layout, isOpen, device, held: {}, sent: new Map(), listen })
    if (isOpen) device.addEventListener('inputreport', listen)
    this.publish()
    await this.tell(device)
  }

  private drop(device: HidDevice): void {
    const driven = this.driven.get(device)
    if (driven) device.removeEventListener('inputreport', driven.listen)
    this.driven.delete(device)
    this.publish()
  }

  private hear(device: HidDevice, { reportId, data }: HidReportEvent): void {
    const driven = this.driven.get(device)
    if (!driven) return
    const { presses, held } = pressesOf(driven.layout, driven.held, reportId, data)
    driven.held = held
    for (const press of presses) {
      if (press.on) this.last = { control: press.control, at: Date.now() }
      const { phone } = this
      if (!phone?.isOwner) continue
      const order = orderOf(press, phone.call, (light) => Date.now() - (this.changedAt.get(light) ?? -Infinity))
      if (order) carryOut(order, phone)
    }
    // a headset that went off hook for nobody is told that it hangs
    if (presses.some(({ control, on }) => control === 'hook' && on) && !this.lights['off-hook'] && !this.lights.ring) {
      driven.sent.clear()
      void this.tell(device)
    }
  }

  private show(lights: Lights): void {
    for (const light of Object.keys(lights) as Light[])
      if (lights[light] !== this.lights[light]) this.changedAt.set(light, Date.now())
    this.lights = lights
    for (const device of this.driven.keys()) void this.tell(device)
  }

  /** Only what changed, and only from the tab that has the telephone. */
  private async tell(device: HidDevice): Promise<void> {
    const driven = this.driven.get(device)
    if (!driven?.isOpen || !this.phone?.isOwner) return
    for (const { reportId, data } of reportsOf(driven.layout, this.lights)) {
      const text = data.join()
      if (driven.sent.get(reportId) === text) continue
      driven.sent.set(reportId, text)
      await device.sendReport(reportId, data).catch(() => driven.sent.delete(reportId))
    }
  }

  private publish(): void {
    this.list = [...this.driven.values()].map(({ name, layout, isOpen, device }) => ({ name, layout, isOpen, device }))
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

export const canHelp = ({ layout }: Headset): boolean => isUseful(layout)

let headsets: Headsets | null = null
/** Of this machine; made at first use. */
export const thisHeadsets = (): Headsets => (headsets ??= new Headsets())
