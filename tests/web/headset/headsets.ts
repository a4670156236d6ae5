import type { HidCollection, HidItem, HidReport } from '../../../web/src/lib/headset/hid'

/**
 * Report descriptors of headsets on the market, as a browser hands them out (a parent's reports hold its children's items): which
 * usages, in which order, how wide. Vendors' own pages are left out but where they hold a trap.
 */
const page =
  (number: number) =>
  (id: number): number =>
    ((number << 16) | id) >>> 0
const telephony = page(0x0b)
const led = page(0x08)
const button = page(0x09)
const consumer = page(0x0c)

const HOOK = telephony(0x20)
const FLASH = telephony(0x21)
const REDIAL = telephony(0x24)
const DROP = telephony(0x26)
const LINE = telephony(0x2a)
const MUTE = telephony(0x2f)
const SPEED_DIAL = telephony(0x50)
const VOICE_MAIL = telephony(0x70)
const BUSY_TONE = telephony(0x97)
const RINGER = telephony(0x9e)
const PROGRAMMABLE = telephony(0x07)
const BUTTON_1 = button(0x01)
const [LED_MUTE, LED_OFF_HOOK, LED_RING, LED_SPEAKER] = [led(0x09), led(0x17), led(0x18), led(0x1e)]
const [LED_HOLD, LED_MICROPHONE, LED_ON_LINE] = [led(0x20), led(0x21), led(0x2a)]
const [VOLUME_UP, VOLUME_DOWN] = [consumer(0xe9), consumer(0xea)]

/** One bit a usage. */
const absolute = (...usages: number[]): HidItem => bits(usages, { isAbsolute: true })
const relative = (...usages: number[]): HidItem => bits(usages, { isAbsolute: false })
const bits = (usages: number[], more: HidItem): HidItem => ({
  usages,
  isRange: false,
  isArray: false,
  isConstant: false,
  reportSize: 1,
  reportCount: usages.length,
  ...more,
})
/** One bit that two usages are named for: the first is meant. */
const oneOf = (...usages: number[]): HidItem => ({ ...absolute(...usages), reportCount: 1 })
const pad = (reportSize: number, reportCount: number): HidItem => ({
  isArray: true,
  isConstant: true,
  reportSize,
  reportCount,
})
/** A telephone's keys as one number of four bits. */
const KEY_PAD: HidItem = {
  isRange: true,
  usageMinimum: telephony(0xb0),
  isArray: true,
  isConstant: false,
  isAbsolute: true,
  reportSize: 4,
  reportCount: 1,
}
const report = (reportId: number, ...items: HidItem[]): HidReport => ({ reportId, items })
const headset = (inputReports: HidReport[], outputReports: HidReport[]): HidCollection => ({
  usagePage: 0x0b,
  usage: 0x05,
  inputReports,
  outputReports,
})
const volume = (reportId: number): HidCollection => ({
  usagePage: 0x0c,
  usage: 0x01,
  inputReports: [report(reportId, absolute(VOLUME_UP, VOLUME_DOWN), pad(1, 6))],
})
/** A light of its own report each. */
const light = (reportId: number, usage: number): HidReport => report(reportId, absolute(usage), pad(7, 1))
/** The vendor repeats the telephone on a page of its own: to be passed over, or every press counts twice. */
const shadow = (vendor: number): HidCollection => {
  const own = page(vendor)
  return {
    usagePage: 0xff00,
    usage: 0x05,
    inputReports: [report(4, absolute(own(0x20), own(0x97)), relative(own(0x2f), own(0x21)), pad(1, 4))],
    outputReports: [report(4, absolute(own(0x17), own(0x09), own(0x18)), pad(1, 5))],
  }
}
const TEAMS_LIGHTS = report(
  2,
  absolute(LED_OFF_HOOK, LED_MUTE, LED_RING, LED_HOLD, LED_MICROPHONE),
  absolute(RINGER),
  pad(1, 10),
)

export const HEADSETS = {
  'Jabra EVOLVE LINK MS': [
    headset(
      [
        report(
          2,
          absolute(HOOK, BUSY_TONE),
          relative(MUTE, FLASH, REDIAL, SPEED_DIAL),
          absolute(PROGRAMMABLE),
          KEY_PAD,
          pad(1, 5),
        ),
      ],
      [TEAMS_LIGHTS],
    ),
    shadow(0xff30),
    volume(1),
  ],
  'Jabra BIZ 2400 II': [
    headset(
      [
        report(
          2,
          absolute(HOOK, BUSY_TONE),
          relative(MUTE, FLASH, REDIAL, VOICE_MAIL, SPEED_DIAL),
          KEY_PAD,
          absolute(PROGRAMMABLE),
          pad(1, 4),
        ),
      ],
      [TEAMS_LIGHTS],
    ),
    shadow(0xff30),
  ],
  'Poly Blackwire 3220': [
    volume(1),
    headset(
      [report(8, relative(MUTE), absolute(HOOK, FLASH), pad(1, 5))],
      [
        light(9, LED_MUTE),
        light(23, LED_OFF_HOOK),
        light(24, LED_RING),
        light(30, LED_SPEAKER),
        light(32, LED_HOLD),
        light(42, LED_ON_LINE),
      ],
    ),
  ],
  'Poly BT700': [
    headset(
      [
        report(
          32,
          absolute(HOOK),
          relative(MUTE),
          absolute(FLASH),
          relative(REDIAL),
          oneOf(PROGRAMMABLE, BUTTON_1),
          pad(3, 1),
        ),
      ],
      [light(33, LED_RING), light(34, LED_SPEAKER), light(35, LED_MUTE), light(36, LED_OFF_HOOK), light(37, LED_HOLD)],
    ),
  ],
  'Sennheiser SC 660': [
    headset(
      [
        report(
          8,
          relative(MUTE),
          absolute(HOOK),
          relative(REDIAL, FLASH, DROP),
          oneOf(PROGRAMMABLE, BUTTON_1),
          pad(1, 2),
        ),
      ],
      [report(9, absolute(LED_MUTE, LED_OFF_HOOK, LED_RING, LED_MICROPHONE, LED_ON_LINE, LED_HOLD), pad(1, 2))],
    ),
    shadow(0xff13),
  ],
  'EPOS IMPACT DW': [
    headset(
      [
        report(2, absolute(VOLUME_DOWN, VOLUME_UP), absolute(HOOK), relative(FLASH, REDIAL, MUTE, DROP), {
          ...oneOf(PROGRAMMABLE, BUTTON_1),
          isArray: true,
        }),
      ],
      [
        report(
          3,
          absolute(RINGER),
          absolute(LED_OFF_HOOK, LED_MICROPHONE, LED_RING, LED_MUTE, LED_ON_LINE, LED_HOLD),
          pad(1, 1),
        ),
      ],
    ),
    shadow(0xff13),
  ],
  'Yealink WH66': [
    headset(
      [
        report(
          2,
          absolute(HOOK, BUSY_TONE),
          relative(MUTE, FLASH, REDIAL, SPEED_DIAL),
          absolute(PROGRAMMABLE),
          KEY_PAD,
          pad(1, 5),
        ),
      ],
      [TEAMS_LIGHTS],
    ),
    shadow(0xff30),
    volume(1),
  ],
  'Dell SP325': [
    volume(12),
    headset(
      [
        report(
          5,
          absolute(HOOK),
          relative(MUTE),
          relative(REDIAL, FLASH, BUSY_TONE, LINE, SPEED_DIAL),
          oneOf(PROGRAMMABLE, BUTTON_1),
        ),
      ],
      [report(5, absolute(LED_OFF_HOOK, LED_MUTE, LED_RING, LED_HOLD, LED_MICROPHONE, LED_ON_LINE), pad(1, 2))],
    ),
  ],
  'Logitech MX Brio': [
    headset(
      [report(8, relative(MUTE), absolute(HOOK), pad(1, 6))],
      [report(9, absolute(LED_MUTE), absolute(LINE), pad(1, 6))],
    ),
  ],
  // volume keys and a vendor's page, no telephone
  'Logitech G535': [volume(1), { usagePage: 0xff43, usage: 0x0202, inputReports: [], outputReports: [] }],
  // names a hook switch that is a constant
  'Razer Seiren': [headset([report(2, { ...absolute(HOOK), isConstant: true }, { ...pad(7, 1), isArray: false })], [])],
} satisfies Record<string, HidCollection[]>
export type HeadsetName = keyof typeof HEADSETS
