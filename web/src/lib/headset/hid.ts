/**
 * What of WebHID is read here (W3C WICG WebHID): a device's report descriptor as the browser parsed it. Usages are whole:
 * `usagePage << 16 | usage`.
 */
export type HidItem = {
  usages?: readonly number[]
  isRange?: boolean
  usageMinimum?: number
  isArray?: boolean
  isConstant?: boolean
  isAbsolute?: boolean
  reportSize?: number
  reportCount?: number
}
export type HidReport = { reportId?: number; items?: readonly HidItem[] }
/** A parent holds the items of its children too, in the order of the descriptor: the children need not be read. */
export type HidCollection = {
  usagePage?: number
  usage?: number
  inputReports?: readonly HidReport[]
  outputReports?: readonly HidReport[]
}
export type HidDevice = EventTarget & {
  readonly opened: boolean
  readonly productName: string
  readonly vendorId: number
  readonly productId: number
  readonly collections: readonly HidCollection[]
  open(): Promise<void>
  close(): Promise<void>
  forget?(): Promise<void>
  sendReport(reportId: number, data: Uint8Array<ArrayBuffer>): Promise<void>
}
export type HidReportEvent = Event & { readonly reportId: number; readonly data: DataView }
export type Hid = EventTarget & {
  getDevices(): Promise<HidDevice[]>
  requestDevice(options: { filters: { usagePage: number }[] }): Promise<HidDevice[]>
}

/** Null: this browser has no WebHID, or not on this page. */
export const hidOf = (from: object): Hid | null => (from as { hid?: Hid }).hid ?? null
