import { iceServers } from '#shared/protocol/ice'
import { iceServersFor } from '../carriers/ice-servers'
import { endpoint, json, router } from './endpoint'

export const ice = router()

endpoint(
  ice,
  'phone.register',
  {
    method: 'get',
    path: '/ice-servers',
    tags: ['phone'],
    summary: 'STUN and TURN servers for a call, with short-lived credentials',
    responses: { 200: json(iceServers, 'For RTCPeerConnection; empty where none are configured') },
  },
  async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await iceServersFor(c.env, c.get('actor').userId, Date.now()), 200)
  },
)
