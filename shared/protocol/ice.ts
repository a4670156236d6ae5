import * as z from 'zod'
import { epochMs } from './common'

/** As `RTCPeerConnection` takes them (W3C WebRTC, RTCIceServer). */
export const iceServer = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
})
export type IceServer = z.infer<typeof iceServer>
/** SIP-11. `expiresAt`: until when the credentials are good; null: there are none. */
export const iceServers = z.object({ iceServers: z.array(iceServer), expiresAt: epochMs.nullable() })
export type IceServers = z.infer<typeof iceServers>
