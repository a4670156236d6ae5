import { beforeEach, describe, expect, it } from 'vitest'
import { lightsOf } from '../../../web/src/lib/headset/call-control'
import { HeadsetDevice } from '../../../web/src/lib/headset/headset-device'
import type { HidDevice } from '../../../web/src/lib/headset/hid'
import type { Press } from '../../../web/src/lib/headset/reports'
import { HEADSETS } from './headsets'

class FakeHeadset extends EventTarget implements HidDevice {
  opened = false
  isHeld = false
  readonly productName = 'EPOS IMPACT DW'
  readonly vendorId = 0x1395
  readonly productId = 0x00a2
  readonly collections = HEADSETS['EPOS IMPACT DW']
  reports: string[] = []
  failing = 0
  async open() {
    if (this.isHeld) throw new Error('NotAllowedError')
    this.opened = true
  }
  async close() {
    this.opened = false
  }
  async sendReport(reportId: number, data: Uint8Array) {
    if (this.failing-- > 0) throw new Error('NetworkError')
    this.reports.push(`${reportId}: ${data.join(' ')}`)
  }
  says(...bytes: number[]) {
    const data = new DataView(Uint8Array.from(bytes).buffer)
    this.dispatchEvent(Object.assign(new Event('inputreport'), { reportId: 2, data }))
  }
}

let device: FakeHeadset
let presses: Press[]
let headset: HeadsetDevice
beforeEach(() => {
  device = new FakeHeadset()
  presses = []
  headset = new HeadsetDevice(device, (press) => presses.push(press))
})
const talking = lightsOf({ state: 'talking', isMuted: false })

describe('a headset in use', () => {
  it('[PHONE-12] rings, is answered by its button, and shows the call', async () => {
    expect(await headset.open()).toBe(true)
    await headset.show(lightsOf({ state: 'ringing-in', isMuted: false }))
    device.says(0b100)
    expect(presses).toEqual([{ control: 'hook', on: true }])
    await headset.show(talking)
    expect(device.reports).toEqual(['3: 9', '3: 34'])
  })
  it('[PHONE-12] is told nothing twice, and again what it did not take', async () => {
    await headset.open()
    device.failing = 1
    await headset.show(talking)
    expect(device.reports).toEqual([])
    await headset.show(talking)
    await headset.show(talking)
    expect(device.reports).toHaveLength(1)
    await headset.showAnew(talking)
    expect(device.reports).toHaveLength(2)
  })
  it('[PHONE-12] held by another program, or closed, it says and is told nothing', async () => {
    device.isHeld = true
    expect(await headset.open()).toBe(false)
    await headset.show(talking)
    expect(device.reports).toEqual([])
    device.isHeld = false
    await headset.open()
    await headset.close()
    device.says(0b100)
    expect(presses).toEqual([])
  })
})
