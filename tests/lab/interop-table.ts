import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** SIP-8: what was seen to work with user agents that are not ours; docs/interop.md is written from it. */
export const CLIENTS = ['JsSIP', 'baresip', 'SIPp'] as const
export const OPERATIONS = [
  'registers with digest, by a password of its own',
  'is refused with a wrong password',
  'calls an agent',
  'is called',
  'is heard',
  'hangs up',
  'is hung up on',
  'gives up while it rings (CANCEL)',
  'is given up on',
  'declines',
  'is declined',
  'holds and resumes',
  'is held and resumed',
  'presses a key',
  'is sent a key',
  'transfers the call (REFER)',
  'is transferred',
  'lights a busy lamp (SUBSCRIBE)',
  'sends a line of text (MESSAGE)',
  'is sent a line of text',
] as const
export type Client = (typeof CLIENTS)[number]
export type Operation = (typeof OPERATIONS)[number]

const AGENTS_ONLY: Partial<Record<Operation, string>> = {
  'lights a busy lamp (SUBSCRIBE)': 'for agents’ telephones',
  'sends a line of text (MESSAGE)': 'for agents’ telephones',
  'is sent a line of text': 'for agents’ telephones',
}
/** What nobody tries, and why. */
const NOT_TRIED: Partial<Record<Client, Partial<Record<Operation, string>>>> = {
  baresip: {
    'registers with digest, by a password of its own': 'the SBC registers',
    'is refused with a wrong password': 'the SBC registers',
    'presses a key': 'a browser tells nobody the telephone events it hears',
    'transfers the call (REFER)': 'a customer’s telephone moves nobody',
    ...AGENTS_ONLY,
  },
  SIPp: {
    'registers with digest, by a password of its own': 'the SBC registers',
    'is refused with a wrong password': 'the SBC registers',
    'presses a key': 'not in its scenarios',
    'is sent a key': 'not in its scenarios',
    'transfers the call (REFER)': 'not in its scenarios',
    'is transferred': 'not in its scenarios',
    ...AGENTS_ONLY,
  },
}
const FILE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../docs/interop.md')

export class InteropTable {
  private readonly worked = new Set<string>()

  saw(client: Client, ...operations: Operation[]): void {
    for (const operation of operations) this.worked.add(`${client}: ${operation}`)
  }

  /** The document, and the one that is there; versions are of the machine, and left out of the comparison. */
  compared(chromium: string): { now: string; written: string; document: string } {
    const document = this.document(chromium)
    const withoutVersions = (text: string) => text.replace(/^Versions: .*$/m, '')
    return { document, now: withoutVersions(document), written: withoutVersions(readFileSync(FILE, 'utf8')) }
  }

  write(chromium: string): void {
    writeFileSync(FILE, this.document(chromium))
  }

  private document(chromium: string): string {
    const reasons: string[] = []
    const cell = (client: Client, operation: Operation) => {
      const why = NOT_TRIED[client]?.[operation]
      if (this.worked.has(`${client}: ${operation}`)) return 'yes'
      if (!why) return '**not seen**'
      if (!reasons.includes(why)) reasons.push(why)
      return `– (${reasons.indexOf(why) + 1})`
    }
    const rows = OPERATIONS.map((operation) => [operation, ...CLIENTS.map((client) => cell(client, operation))])
    const head = ['it …', ...CLIENTS]
    const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]!.length)))
    const line = (row: string[]) => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`
    return [
      '# Interoperability',
      '',
      'Written by `tests/lab/interop.spec.ts` (`npm run test:lab -- interop -u`), from what that run saw; the run fails when this page says something else. None of it uses our',
      'page: the agents’ telephones are JsSIP in Chromium, at the edge by `/sip?device=…` with the digest of a device’s password (SIP-2). baresip and SIPp are telephones of the',
      'network, behind the SBC: SIP over UDP and plain RTP to Kamailio and rtpengine, and from there over the trunk (SIP-9).',
      '',
      `Versions: ${versions(chromium)}.`,
      '',
      line(head),
      `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`,
      ...rows.map(line),
      '',
      ...reasons.map((why, index) => `${index + 1}. ${why[0]!.toUpperCase()}${why.slice(1)}.`),
      '',
      'How a cell is proved: a call counts when both sides say that it is one, sound when packets with energy in them arrive, a key when the other side names it, an end',
      'when both sides are told how. JsSIP sends keys as SIP INFO to a JsSIP and as telephone events (RFC 4733) to a telephone.',
      '',
    ].join('\n')
  }
}

function versions(chromium: string): string {
  const { version: jssip } = createRequire(import.meta.url)('jssip/package.json') as { version: string }
  const debian = (name: string, of: string) => {
    const { stdout } = spawnSync('dpkg-query', ['-W', '-f=${Version}', of], { encoding: 'utf8' })
    return `${name} ${/^(?:\d+:)?([\d.]+)/.exec(stdout ?? '')?.[1] ?? 'unknown'}`
  }
  const packages = { baresip: 'baresip-core', SIPp: 'sip-tester', Kamailio: 'kamailio', rtpengine: 'rtpengine-daemon' }
  return [
    `JsSIP ${jssip} in Chromium ${chromium.split('.')[0]}`,
    ...Object.entries(packages).map(([a, b]) => debian(a, b)),
  ].join(', ')
}
