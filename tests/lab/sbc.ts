import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabProcess } from './process'

const TEMPLATE = path.join(path.dirname(fileURLToPath(import.meta.url)), 'kamailio.cfg')

export type SbcOptions = {
  name: string
  sipPort: number
  wsPort: number
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

  async start(): Promise<void> {
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
    const { sipPort, wsPort, phonePort, sippPort, sippNumbers, ngPort, domain, password, algorithm, outOfOrder } =
      this.options
    const words: Record<string, string | number> = {
      SIP_PORT: sipPort,
      WS_PORT: wsPort,
      PHONE_PORT: phonePort,
      SIPP_PORT: sippPort,
      SIPP_NUMBERS: sippNumbers,
      NG_PORT: ngPort,
      DOMAIN: domain,
      PASSWORD: password,
      OUT_OF_ORDER: outOfOrder,
      // for MD5 the module wants none named
      ALGORITHM: algorithm === 'MD5' ? '' : algorithm,
    }
    return readFileSync(TEMPLATE, 'utf8').replace(/@([A-Z_]+)@/g, (whole, word: string) =>
      word in words ? String(words[word]) : whole,
    )
  }
}
