import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { certificateFor } from '../../scripts/serve/certificate'
import { portBase } from './ports'
import { LabProcess } from './process'
import { Sbc } from './sbc'
import { writeTone } from './sound'
import { Telephone } from './telephone'

/** What the telephone says, and what a browser's microphone hears: Hz. */
export const PHONE_TONE = 440
export const DESK_PHONE_TONE = 800
export const MICROPHONE_TONE = 1_000
export const DOMAIN = 'sbc.test'
/** The reference SBC cannot reach numbers that begin so; the other one can. */
export const OUT_OF_ORDER = '4420794609'
/** These numbers are SIPp's (tests/lab/interop-sipp.ts). */
export const SIPP_NUMBERS = '4420794608'
export const PASSWORD = 'trunk-password-7'

export type Lab = {
  folder: string
  /** The reference SBC (MD5: baresip knows no other), and a second one (SHA-256) for when it fails; one telephone network. */
  sbc: Sbc
  spare: Sbc
  /** The telephone network: it answers every number. */
  telephone: Telephone
  /** Of the reference SBC's certificate, a PEM file: NODE_EXTRA_CA_CERTS of a house that is to trust it. The second one's nobody knows. */
  authority: string
  /** A telephone that registers at the SBC as `desk`. */
  startDeskPhone: () => Promise<Telephone>
  /** Nobody listens there until a SIPp does. */
  sippPort: number
  stop: () => Promise<void>
}

/**
 * A telephone network on this machine, on 127.0.0.1 alone: rtpengine relays the media, Kamailio is the SBC, baresip the
 * telephone. Nothing of it is left running after `stop`, nor when it could not start. LAB_KEEP=1 keeps its folder of logs.
 *
 *   TrunkRoom ── SIP over WebSocket ──▶ Kamailio ── SIP over UDP ──▶ baresip
 *   browser ──────── DTLS-SRTP ───────▶ rtpengine ───── RTP ───────▶ baresip
 */
export async function startLab({ answers = 'by itself' as 'by itself' | 'by hand' } = {}): Promise<Lab> {
  const base = await portBase()
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-lab-'))
  mkdirSync(path.join(folder, 'sounds'))
  const sound = (hertz: number) => path.join(folder, 'sounds', `${hertz}.wav`)
  for (const hertz of [PHONE_TONE, DESK_PHONE_TONE]) writeTone(sound(hertz), hertz, 120)

  const [phonePort, ngPort, sippPort] = [base + 4, base + 8, base + 7]
  const [known, stranger] = [await tlsFiles(folder, 'known'), await tlsFiles(folder, 'stranger')]
  const both = { phonePort, sippPort, sippNumbers: SIPP_NUMBERS, ngPort, domain: DOMAIN, password: PASSWORD }
  const sbc = new Sbc(folder, {
    ...both,
    name: 'kamailio',
    sipPort: base,
    wsPort: base + 1,
    tlsPort: base + 9,
    ...known.files,
    algorithm: 'MD5',
    outOfOrder: OUT_OF_ORDER,
  })
  const spare = new Sbc(folder, {
    ...both,
    name: 'kamailio-2',
    sipPort: base + 2,
    wsPort: base + 3,
    tlsPort: base + 19,
    ...stranger.files,
    algorithm: 'SHA-256',
    outOfOrder: 'none',
  })
  const running: { stop: () => Promise<void> }[] = [sbc, spare]
  const stop = async () => {
    for (const part of running) await part.stop()
    if (process.env.LAB_KEEP !== '1') rmSync(folder, { recursive: true, force: true })
  }
  const phone = (name: string, at: number, more: Partial<Parameters<typeof Telephone.start>[1]>) =>
    Telephone.start(folder, {
      name,
      port: at,
      controlPort: at + 2,
      rtpPorts: [base + 10, base + 15],
      proxyPort: base,
      sound: sound(PHONE_TONE),
      answers,
      ...more,
    })
  try {
    running.push(await startRtpengine(folder, ngPort, base + 28, base + 59))
    await sbc.start()
    const telephone = await phone('telephone', phonePort, {})
    running.push(telephone)
    const startDeskPhone = async () => {
      const options = { user: 'desk', password: PASSWORD, answers: 'by itself', sound: sound(DESK_PHONE_TONE) } as const
      const desk = await phone('desk-phone', base + 16, { ...options, rtpPorts: [base + 20, base + 27] })
      running.push(desk)
      return desk
    }
    return { folder, sbc, spare, telephone, authority: known.authority, startDeskPhone, stop, sippPort }
  } catch (fault) {
    await stop()
    throw fault
  }
}

/** A certificate for `localhost` under an authority of its own. */
async function tlsFiles(folder: string, name: string) {
  const { key, cert, ca } = await certificateFor(path.join(folder, name))
  const file = (end: string, text: string) => {
    const at = path.join(folder, `${name}.${end}.pem`)
    writeFileSync(at, text, { mode: 0o600 })
    return at
  }
  return { files: { tlsKey: file('key', key), tlsCert: file('cert', cert) }, authority: file('authority', ca) }
}

function startRtpengine(folder: string, ngPort: number, from: number, to: number): Promise<LabProcess> {
  return LabProcess.start(
    folder,
    'rtpengine',
    'rtpengine',
    [
      '--config-file=none', // Debian's own takes other ports
      '--table=-1', // without its kernel module
      '--foreground',
      '--log-stderr',
      '--log-level=5',
      '--interface=127.0.0.1',
      `--port-min=${from}`,
      `--port-max=${to}`,
      `--listen-ng=127.0.0.1:${ngPort}`,
      `--listen-tcp-ng=127.0.0.1:${ngPort}`,
      '--timeout=60',
      '--delete-delay=0',
      '--num-threads=1',
      '--media-num-threads=1',
    ],
    ngPort,
  )
}
