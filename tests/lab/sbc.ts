import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabProcess } from './process'

const TEMPLATE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'kamailio.cfg')

export type SbcOptions = {
  name: string
  sipPort: number
  wsPort: number
  /** SIP over TLS, and WebSockets with TLS. */
  tlsPort: number
  /** Files: PEM. */
  tlsKey: string
  tlsCert: string
  /** The telephone network is known by it. */
  phonePort: number
  /** Another part of the telephone network, for numbers that begin so, without their plus. */
  sippPort: number
  sippNumbers: string
  ngPort: number
  domain: string
  password: string
  algorithm: 'MD5' | 'SHA-256'
  /** Numbers that begin so are answered 503, without their plus. */
  outOfOrder: string
}

/** A Kamailio: the SBC a trunk registers at. */
export class Sbc {
  private process: LabProcess | null = null

  constructor(
    private readonly folder: string,
    readonly options: SbcOptions,
  ) {}

  get url(): string {
    return `ws://127.0.0.1:${this.options.wsPort}`
  }

  /** The same account over TCP. */
  get tcpUrl(): string {
    return `sip:127.0.0.1:${this.options.sipPort};transport=tcp`
  }

  /** Over TLS: its certificate is for a name. */
  get tlsUrl(): string {
    return `sip:localhost:${this.options.tlsPort};transport=tls`
  }

  get wssUrl(): string {
    return `wss://localhost:${this.options.tlsPort}`
  }

  async start(): Promise<void> {
    if (this.process) return
    const { name, wsPort } = this.options
    const file = path.join(this.folder, `${name}.cfg`)
    writeFileSync(file, this.configuration())
    const args = ['-f', file, '-DD', '-E', '-Y', this.folder, '-w', this.folder, '-m', '64', '-M', '8']
    this.process = await LabProcess.start(this.folder, name, 'kamailio', args, wsPort)
  }

  /** As a power cut: every connection is gone without a word. */
  async kill(): Promise<void> {
    await this.process?.stop('SIGKILL')
    this.process = null
  }

  async stop(): Promise<void> {
    await this.process?.stop()
    this.process = null
  }

  private configuration(): string {
    const { options } = this
    const words: Record<string, string | number> = {
      SIP_PORT: options.sipPort,
      WS_PORT: options.wsPort,
      TLS_PORT: options.tlsPort,
      TLS_KEY: options.tlsKey,
      TLS_CERT: options.tlsCert,
      PHONE_PORT: options.phonePort,
      SIPP_PORT: options.sippPort,
      SIPP_NUMBERS: options.sippNumbers,
      NG_PORT: options.ngPort,
      DOMAIN: options.domain,
      PASSWORD: options.password,
      OUT_OF_ORDER: options.outOfOrder,
      // for MD5 the module wants none named
      ALGORITHM: options.algorithm === 'MD5' ? '' : options.algorithm,
    }
    return readFileSync(TEMPLATE, 'utf8').replace(/@([A-Z_]+)@/g, (whole, word: string) =>
      word in words ? String(words[word]) : whole,
    )
  }
}
