import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Lab } from './lab'

/**
 * SIPp, a SIP implementation of nobody's telephone: a scenario says what it sends and what it insists on. It stands in the
 * telephone network of the lab, beside baresip, and plays its part of one call. Exit status 0: everything came as written.
 */
const NUMBER = '15553334444'
const media = (direction: string) => `Content-Type: application/sdp
Content-Length: [len]

v=0
o=sipp 1 [cseq] IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
a=${direction}`
const NOTHING = 'Content-Length: 0\n'

/** A request of SIPp's own call; `cseq` also names its transaction, so that CANCEL and ACK can belong to one. */
function ask(method: string, cseq: number, { body = NOTHING, inDialog = false, transaction = `${cseq}` } = {}): string {
  const text = `${method} ${inDialog ? '[next_url]' : 'sip:[service]@[remote_ip]:[remote_port]'} SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-${transaction}
${inDialog ? '[routes]\n' : ''}From: "SIPp" <sip:${NUMBER}@127.0.0.1>;tag=[pid]sipp[call_number]
To: <sip:[service]@127.0.0.1>${method === 'INVITE' && !inDialog ? '' : '[peer_tag_param]'}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:${NUMBER}@[local_ip]:[local_port]>
Max-Forwards: 70
${body.replace('[cseq]', String(cseq))}`
  return `<send${method === 'ACK' ? '' : ' retrans="500"'}><![CDATA[\n${text}\n]]></send>`
}

/** An answer to what came last. */
function answer(status: string, { body = NOTHING, isFirst = false, cseq = '[last_CSeq:]' } = {}): string {
  const text = `SIP/2.0 ${status}
[last_Via:]
[last_Record-Route:]
[last_From:]
[last_To:]${isFirst ? ';tag=[pid]sipp[call_number]' : ''}
[last_Call-ID:]
${cseq}
Contact: <sip:${NUMBER}@[local_ip]:[local_port]>
${body.replace('[cseq]', '1')}`
  return `<send${/^(2|[4-6])/.test(status) && isFirst ? ' retrans="500"' : ''}><![CDATA[\n${text}\n]]></send>`
}
const comes = (status: number) => `<recv response="${status}" rrs="true"/>`
const mayCome = (...statuses: number[]) =>
  statuses.map((status) => `<recv response="${status}" optional="true"/>`).join('\n')
const isAsked = (method: string) => `<recv request="${method}" rrs="true"/>`
const isInvited =
  '<recv request="INVITE" rrs="true"><action><ereg regexp=".*" search_in="hdr" header="CSeq:" assign_to="1"/></action></recv>'
const speaks = '<nop><action><exec rtp_stream="tone.ulaw,-1,0,PCMU/8000"/></action></nop>'
const waits = (ms: number) => `<pause milliseconds="${ms}"/>`
const reInvite = (cseq: number, direction: string) => [
  ask('INVITE', cseq, { inDialog: true, body: media(direction) }),
  mayCome(100),
  comes(200),
  ask('ACK', cseq, { inDialog: true, transaction: `${cseq}-ack` }),
]

export const SCENARIOS = {
  /** Calls, speaks, holds and resumes, hangs up. */
  calls: [
    ask('INVITE', 1, { body: media('sendrecv') }),
    mayCome(100, 180, 183),
    comes(200),
    ask('ACK', 1, { inDialog: true, transaction: '1-ack' }),
    speaks,
    waits(1_000),
    ...reInvite(2, 'sendonly'),
    waits(200),
    ...reInvite(3, 'sendrecv'),
    waits(200),
    ask('BYE', 4, { inDialog: true }),
    comes(200),
  ],
  /** Calls and gives up while it rings. */
  'gives up': [
    ask('INVITE', 1, { body: media('sendrecv') }),
    mayCome(100),
    comes(180),
    ask('CANCEL', 1),
    comes(200),
    comes(487),
    ask('ACK', 1),
  ],
  /** Calls and is told that they are busy. */
  'is declined': [ask('INVITE', 1, { body: media('sendrecv') }), mayCome(100, 180), comes(486), ask('ACK', 1)],
  /** Is called, answers, is held, resumed, and hung up on. */
  'is called': [
    isAsked('INVITE'),
    answer('180 Ringing', { isFirst: true }),
    answer('200 OK', { isFirst: true, body: media('sendrecv') }),
    isAsked('ACK'),
    speaks,
    isAsked('INVITE'),
    answer('200 OK', { body: media('recvonly') }),
    isAsked('ACK'),
    isAsked('INVITE'),
    answer('200 OK', { body: media('sendrecv') }),
    isAsked('ACK'),
    isAsked('BYE'),
    answer('200 OK'),
  ],
  /** Is called, and says that it is busy. */
  declines: [isAsked('INVITE'), answer('486 Busy Here', { isFirst: true }), isAsked('ACK')],
  /** Is called, rings, and the caller gives up. */
  'is given up on': [
    isInvited,
    answer('180 Ringing', { isFirst: true }),
    isAsked('CANCEL'),
    answer('200 OK'),
    answer('487 Request Terminated', { isFirst: true, cseq: 'CSeq:[$1]' }),
    isAsked('ACK'),
  ],
} satisfies Record<string, string[]>

/** Begins a scenario; `dials` is the number of ours it calls. Answers when SIPp has come to its end, and throws what it missed. */
export function startSipp(lab: Lab, scenario: keyof typeof SCENARIOS, dials = 'nobody'): Promise<void> {
  const file = path.join(lab.folder, `sipp-${scenario.replaceAll(' ', '-')}.xml`)
  const steps = SCENARIOS[scenario].join('\n')
  writeFileSync(
    file,
    `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="${scenario}">\n${steps}\n</scenario>\n`,
  )
  writeFileSync(path.join(lab.folder, 'tone.ulaw'), tone())
  const at = ['-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(lab.sippPort)]
  const once = [
    '-m',
    '1',
    '-nostdin',
    '-timeout',
    '20s',
    '-timeout_error',
    '-trace_err',
    '-error_file',
    `${file}.errors`,
  ]
  const args = [`127.0.0.1:${lab.sbc.options.sipPort}`, '-sf', file, '-s', dials, ...at, ...once]
  const child = spawn('sipp', args, { cwd: lab.folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (words += part.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error('sipp is not installed: run "node scripts/setup-machine.mjs" as root')))
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`sipp, ${scenario}: status ${code}\n${words.slice(-3_000)}`)),
    )
  })
}

/** A second of 400 Hz in μ-law (G.711): ten samples up, ten down. */
function tone(): Buffer {
  return Buffer.from(Array.from({ length: 8_000 }, (_, n) => (n % 20 < 10 ? 0x9f : 0x1f)))
}
