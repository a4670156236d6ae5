import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import type { IceServers } from '#shared/protocol/ice'
import { startHouse } from '../support/house'
import { portBase } from './ports'
import { LabProcess } from './process'

const SECRET = 'turn-secret-of-the-lab'
const PASSWORD = 'lab-password-11'

/** Two ends of one page, each allowed to be reached through its relay only: what is said, and what candidates there were. */
async function throughRelay(iceServers: RTCIceServer[]): Promise<{ heard: string | null; kinds: string[] }> {
  const ends = [0, 1].map(() => new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }))
  const [one, other] = ends as [RTCPeerConnection, RTCPeerConnection]
  const kinds: string[] = []
  ends.forEach((end, n) => {
    end.onicecandidate = ({ candidate }) => {
      if (candidate?.type) kinds.push(candidate.type)
      if (candidate) void ends[1 - n]!.addIceCandidate(candidate)
    }
  })
  const channel = one.createDataChannel('words')
  const heard = new Promise<string | null>((resolve) => {
    other.ondatachannel = (event) => (event.channel.onmessage = ({ data }) => resolve(String(data)))
    setTimeout(() => resolve(null), 5_000)
  })
  channel.onopen = () => channel.send('hello')
  await one.setLocalDescription()
  await other.setRemoteDescription(one.localDescription!)
  await other.setLocalDescription()
  await one.setRemoteDescription(other.localDescription!)
  const words = await heard
  for (const end of ends) end.close()
  return { heard: words, kinds: [...new Set(kinds)] }
}

test('[SIP-11] two browsers that cannot reach each other talk through a TURN server, with credentials that end', async ({
  page,
}) => {
  const base = await portBase()
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-turn-'))
  const turn = [
    ...['-n', '--listening-ip=127.0.0.1', `--listening-port=${base}`, '--relay-ip=127.0.0.1'],
    ...[`--min-port=${base + 20}`, `--max-port=${base + 50}`, '--realm=switchroom.test'],
    ...['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--allow-loopback-peers'],
    ...['--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout', `--pidfile=${folder}/turn.pid`],
  ]
  const server = await LabProcess.start(folder, 'turnserver', 'turnserver', turn, base)
  const env = {
    STUN_URLS: `stun:127.0.0.1:${base}`,
    TURN_URLS: `turn:127.0.0.1:${base}?transport=udp`,
    TURN_SECRET: SECRET,
  }
  const house = await startHouse({ password: PASSWORD, env })
  try {
    const tokens = await page.request.post(`${house.url}/api/tokens`, {
      data: { username: 'alice', password: PASSWORD },
    })
    const { accessToken } = (await tokens.json()) as { accessToken: string }
    const headers = { authorization: `Bearer ${accessToken}` }
    const reply = await page.request.get(`${house.url}/api/ice-servers`, { headers })
    const { iceServers, expiresAt } = (await reply.json()) as IceServers
    expect(expiresAt).toBeGreaterThan(Date.now() + 3_600_000)

    await page.goto(`${house.url}/sign-in`)
    expect(await page.evaluate(throughRelay, iceServers as RTCIceServer[])).toEqual({
      heard: 'hello',
      kinds: ['relay'],
    })
    const forged = iceServers.map((one) => (one.username ? { ...one, username: `9${one.username}` } : one))
    expect(await page.evaluate(throughRelay, forged as RTCIceServer[])).toEqual({ heard: null, kinds: [] })
  } finally {
    await house.stop()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
