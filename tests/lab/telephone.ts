import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { LabProcess } from './process'

/** Seven digits more than this are enough for nobody: it is a number of the telephone network that answers to all others. */
export const PHONE_NUMBER = '15551230000'

export type TelephoneOptions = {
  name: string
  /** Its SIP port; it takes the next one too. */
  port: number
  controlPort: number
  rtpPorts: [from: number, to: number]
  /** Where it sends its calls. */
  proxyPort: number
  /** What it says: a sound file, longer than any call. */
  sound: string
  answers: 'by itself' | 'by hand'
  user?: string
  /** With one it registers as this user. */
  password?: string
}
type PhoneEvent = {
  event?: boolean
  type?: string
  param?: string
  peeruri?: string
  response?: boolean
  token?: string
  data?: string
  ok?: boolean
}

/** A baresip: a telephone without a browser, driven over its control port (JSON in netstrings). */
export class Telephone {
  private readonly seen: PhoneEvent[] = []
  private readonly waiting = new Set<(event: PhoneEvent) => void>()
  private buffer = Buffer.alloc(0)
  private commands = 0

  private constructor(
    private readonly process: LabProcess,
    private readonly socket: net.Socket,
    private readonly folder: string,
  ) {
    socket.on('data', (part) => this.read(part))
  }

  static async start(runFolder: string, options: TelephoneOptions): Promise<Telephone> {
    const { name, controlPort } = options
    const folder = path.join(runFolder, name)
    mkdirSync(folder, { recursive: true })
    writeFileSync(path.join(folder, 'config'), configOf(options, folder))
    writeFileSync(path.join(folder, 'accounts'), accountOf(options))
    const started = await LabProcess.start(runFolder, name, 'baresip', ['-4', '-f', folder, '-v'], controlPort)
    const socket = net.connect(controlPort, '127.0.0.1')
    await new Promise<void>((resolve, reject) => socket.once('connect', () => resolve()).once('error', reject))
    return new Telephone(started, socket, folder)
  }

  /** Waits for what comes after this call: ask first, then do what leads to it. `type` as baresip names it. */
  event(type: string, timeoutMs = 10_000): Promise<PhoneEvent> {
    return this.waitFor((one) => one.event === true && one.type === type, type, timeoutMs)
  }

  async command(command: string, params = ''): Promise<string> {
    const token = `c${++this.commands}`
    const text = JSON.stringify({ command, params, token })
    const answered = this.waitFor((one) => one.response === true && one.token === token, command, 5_000)
    this.socket.write(`${Buffer.byteLength(text)}:${text},`)
    return (await answered).data ?? ''
  }

  /** The events so far of a type, newest last. */
  events(type: string): PhoneEvent[] {
    return this.seen.filter((one) => one.event && one.type === type)
  }

  /** The newest recording of what it heard; whole once the call is over. */
  recording(): string {
    const files = readdirSync(this.folder).filter((file) => file.endsWith('-dec.wav'))
    if (files.length === 0) throw new Error('the telephone has recorded nothing')
    return path.join(this.folder, files.sort().at(-1)!)
  }
  recordings(): number {
    return readdirSync(this.folder).filter((file) => file.endsWith('-dec.wav')).length
  }

  async stop(): Promise<void> {
    this.socket.destroy()
    // it does not always end when asked
    await this.process.stop('SIGKILL')
  }

  private waitFor(matches: (event: PhoneEvent) => boolean, what: string, timeoutMs: number): Promise<PhoneEvent> {
    const found = new Promise<PhoneEvent>((resolve, reject) => {
      const late = setTimeout(() => {
        this.waiting.delete(look)
        reject(new Error(`the telephone gave no ${what} within ${timeoutMs} ms:\n${this.process.words()}`))
      }, timeoutMs)
      const look = (event: PhoneEvent) => {
        if (!matches(event)) return
        clearTimeout(late)
        this.waiting.delete(look)
        resolve(event)
      }
      this.waiting.add(look)
    })
    found.catch(() => {}) // whoever awaits it hears of it
    return found
  }

  private read(part: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, part])
    for (;;) {
      const colon = this.buffer.indexOf(':')
      if (colon < 0) return
      const end = colon + 1 + Number(this.buffer.subarray(0, colon).toString())
      if (this.buffer.length < end + 1) return
      const event = JSON.parse(this.buffer.subarray(colon + 1, end).toString()) as PhoneEvent
      this.buffer = this.buffer.subarray(end + 1)
      this.seen.push(event)
      for (const look of [...this.waiting]) look(event)
    }
  }
}

function accountOf({ user = PHONE_NUMBER, password, proxyPort, answers }: TelephoneOptions): string {
  const proxy = `sip:127.0.0.1:${proxyPort};transport=udp`
  const registers = password ? `;auth_user=${user};auth_pass=${password};regint=60` : ';regint=0'
  const answermode = answers === 'by itself' ? 'auto' : 'manual'
  return `<sip:${user}@127.0.0.1:${proxyPort};transport=udp>;outbound="${proxy}"${registers};answermode=${answermode};audio_codecs=pcmu/8000/1;medianat=;mediaenc=;dtmfmode=rtpevent\n`
}

function configOf({ port, controlPort, rtpPorts, sound }: TelephoneOptions, folder: string): string {
  const modules = ['g711', 'aufile', 'aubridge', 'sndfile', 'uuid'].map((name) => `module ${name}.so`)
  return [
    'poll_method epoll',
    `sip_listen 127.0.0.1:${port}`,
    'net_interface 127.0.0.1',
    'call_local_timeout 120',
    'call_max_calls 4',
    `audio_source aufile,${sound}`,
    'audio_player aubridge,nobody',
    'audio_alert aubridge,silent',
    'audio_txmode thread',
    'audio_buffer 20-160',
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'ausrc_channels 1',
    'auplay_channels 1',
    'ausrc_format s16',
    'auplay_format s16',
    'auenc_format s16',
    'audec_format s16',
    `rtp_ports ${rtpPorts[0]}-${rtpPorts[1]}`,
    'rtcp_mux no',
    'jitter_buffer_delay 5-10',
    `module_path ${modulesFolder()}`,
    ...modules,
    `snd_path ${folder}`,
    'module_tmp account.so',
    'module_app menu.so',
    'module_app ctrl_tcp.so',
    'module_app debug_cmd.so',
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    '',
  ].join('\n')
}

function modulesFolder(): string {
  const { stdout } = spawnSync('dpkg', ['-L', 'baresip-core'], { encoding: 'utf8' })
  const module = stdout?.split('\n').find((file) => file.endsWith('/g711.so'))
  if (!module) throw new Error('baresip-core is not installed: run "node scripts/setup-machine.mjs" as root on Debian')
  return path.dirname(module)
}
