import { deviceChallenge, proofOf } from '../../sip/device-auth'
import type { SipRequest } from '../../sip/message'
import { echoOf, newTag, writeResponse } from '../../sip/write'
import type { SipSockets } from './sip-sockets'

/** SIP-2: how long a foreign user agent has to register, and how many may be at it. */
const PROVE_WITHIN_MS = 5_000
const MOST_UNPROVEN = 4

/** SIP-2: a foreign user agent proves itself by its first REGISTER, with its device's password, and may do nothing else before. */
export class DeviceProof {
  constructor(private readonly sockets: SipSockets) {}

  get mayBegin(): boolean {
    return this.sockets.unproven().length < MOST_UNPROVEN
  }

  begin(ws: WebSocket): void {
    setTimeout(() => this.closeUnproven(ws), PROVE_WITHIN_MS)
  }

  isProven(ws: WebSocket): boolean {
    return this.sockets.read(ws)?.device?.isProven !== false
  }

  /** Whether it is by this request, or was before; else the request has its answer. */
  proves(ws: WebSocket, request: SipRequest, now: number): boolean {
    const { device, openedAt } = this.sockets.read(ws)!
    if (!device || device.isProven) return true
    const echo = echoOf(request)
    if (now - openedAt > PROVE_WITHIN_MS) this.closeUnproven(ws)
    else if (request.method !== 'REGISTER') {
      if (request.method !== 'ACK') ws.send(writeResponse(echo, 403, 'Register First', { toTag: newTag() }))
    } else {
      const { username, secret, nonce } = device
      const authorization = request.header('authorization')
      const proof = proofOf({ authorization, method: 'REGISTER', username, secret, nonce })
      if (proof === 'right') {
        this.sockets.prove(ws)
        return true
      }
      const headers = [deviceChallenge(nonce, proof === 'other-nonce')]
      ws.send(writeResponse(echo, 401, 'Unauthorized', { toTag: newTag(), headers }))
    }
    return false
  }

  private closeUnproven(ws: WebSocket): void {
    if (!this.isProven(ws)) ws.close(4401, 'not-signed-in')
  }
}
