import * as z from 'zod'
import { epochMs, id } from './common'

/** SIP-2: a foreign user agent (a desk phone behind an SBC, a softphone) that registers with a password of its own. */
export const newDevice = z.object({ name: z.string().trim().min(1).max(60) })
export const deviceView = z.object({ id, name: z.string(), createdAt: epochMs })
/** The password is answered once. `path`: where it connects, on this host. */
export const madeDevice = deviceView.extend({ sipUsername: z.string(), sipPassword: z.string(), path: z.string() })
export const deviceList = z.object({ items: z.array(deviceView) })
export type DeviceView = z.infer<typeof deviceView>
export type MadeDevice = z.infer<typeof madeDevice>
