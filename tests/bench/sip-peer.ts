import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabProcess } from '../lab/process'
import { freePort } from '../support/house'

export type SipPeer = { url: string; domain: string; stop: () => Promise<void> }
const TEMPLATE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'sip-peer.cfg')

/** Kamailio as most would have it in the edge's place: registrar and proxy (sip-peer.cfg). Null: not installed. */
export async function startSipPeer(): Promise<SipPeer | null> {
  if (spawnSync('kamailio', ['-v']).error) return null
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-kamailio-'))
  const port = await freePort()
  const file = path.join(folder, 'peer.cfg')
  writeFileSync(file, readFileSync(TEMPLATE, 'utf8').replaceAll('@PORT@', String(port)))
  const args = ['-f', file, '-DD', '-E', '-Y', folder, '-w', folder, '-m', '2048', '-M', '32']
  const kamailio = await LabProcess.start(folder, 'kamailio', 'kamailio', args, port)
  return {
    url: `ws://127.0.0.1:${port}`,
    domain: 'peer.test',
    stop: async () => {
      await kamailio.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
