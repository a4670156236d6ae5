import type { HidDevice, HidReportEvent } from './hid'
import { layoutOf, type Layout } from './layout'
import { pressesOf, reportsOf, type Held, type Lights, type Press } from './reports'

/** PHONE-12: one headset, opened: its presses in words, its lights as they are to stand. Knows no call. */
export class HeadsetDevice {
  readonly layout: Layout
  private held: Held = {}
  private readonly sent = new Map<number, string>()
  private readonly hear = (event: Event) => this.onReport(event as HidReportEvent)

  constructor(
    readonly device: HidDevice,
    private readonly pressed: (press: Press) => void,
  ) {
    this.layout = layoutOf(device.collections)
  }

  get name(): string {
    return this.device.productName
  }
  get isOpen(): boolean {
    return this.device.opened
  }

  /** False: another program holds it. */
  async open(): Promise<boolean> {
    if (!this.device.opened) await this.device.open().catch(() => undefined)
    this.device.removeEventListener('inputreport', this.hear)
    this.device.addEventListener('inputreport', this.hear)
    return this.device.opened
  }

  async close(): Promise<void> {
    this.device.removeEventListener('inputreport', this.hear)
    if (this.device.opened) await this.device.close().catch(() => undefined)
  }

  /** Only what changed. A report that was not taken is sent again with the next change. */
  async show(lights: Lights): Promise<void> {
    if (!this.isOpen) return
    for (const { reportId, data } of reportsOf(this.layout, lights)) {
      const text = data.join()
      if (this.sent.get(reportId) === text) continue
      this.sent.set(reportId, text)
      await this.device.sendReport(reportId, data).catch(() => this.sent.delete(reportId))
    }
  }

  /** It believes something else now: everything is told again. */
  showAnew(lights: Lights): Promise<void> {
    this.sent.clear()
    return this.show(lights)
  }

  private onReport({ reportId, data }: HidReportEvent): void {
    const { presses, held } = pressesOf(this.layout, this.held, reportId, data)
    this.held = held
    for (const press of presses) this.pressed(press)
  }
}
