import { ensureBuilt } from '../../scripts/build/ensure-built.mjs'
import { closing, median, percentile } from './machine'
import { BrowserPair, type Heard } from './sip-browser'
import { stateOfAgents } from './sip-people'
import { BenchPhone, type SetUp } from './sip-phone'
import { echoSide, edgeSide, kamailioSide, type Side } from './sip-sides'

/**
 * `npm run bench:sip` (SIP-12): what the edge does as a registrar and between two telephones, beside Kamailio in its place
 * and, for REGISTER, beside rooms that only echo. One run, alternating rounds, first of REGISTER, then of calls, the same telephones for all; figures are medians over the
 * rounds, percentiles are of all calls together. Linux, for memory is read from /proc.
 *
 *   AGENTS=600 ROUNDS=6 SECONDS=4 CALLS=100 BROWSER_CALLS=150 npm run bench:sip
 */
const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
/** Fewer would each refresh more often than a socket may (SIP-6). */
const AGENTS = number('AGENTS', 600)
const ROUNDS = number('ROUNDS', 6)
const SECONDS = number('SECONDS', 4)
const CALLS = number('CALLS', 100)
const BROWSER_CALLS = number('BROWSER_CALLS', 150)
/** Calls that are set up at a time when as many as possible are. */
const AT_ONCE = number('AT_ONCE', 24)
/** After so long without a message a room's memory is given back, as far as the runtime does that. */
const IDLE_MS = 15_000
/** A call's room empties itself 64 s after the call: what is measured next begins when the last of them has. */
const EMPTIED_MS = 75_000

type Seat = { side: Side; phones: BenchPhone[]; registers: number[]; callsPerSecond: number[]; setUps: SetUp[] }
const say = (line: string) => console.log(line)
const one = (value: number) => Math.round(value * 10) / 10
const two = (value: number) => Math.round(value * 100) / 100

if (process.env.AS_BUILT !== '1') await ensureBuilt()
process.env.AS_BUILT = '1'
const { stateDir, agents } = await stateOfAgents(AGENTS + 2)
const [forBrowsers, forPhones] = [agents.slice(0, 2), agents.slice(2)]
const sides: Side[] = []
const stop = async () => {
  for (const side of sides.splice(0).reverse()) await side.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop().then(() => process.exit(1)))
try {
  const edge = await started(edgeSide(stateDir))
  const echo = await started(echoSide())
  const kamailio = await kamailioSide()
  if (kamailio) sides.push(kamailio)
  else say('Kamailio is not installed here: its figures are null')

  const seats: Seat[] = []
  const grown: Record<string, number> = {}
  for (const side of [edge, echo, ...(kamailio ? [kamailio] : [])]) {
    const before = side.memoryMB?.() ?? Number.NaN
    const phones: BenchPhone[] = []
    for (let n = 0; n < forPhones.length; n += 20)
      phones.push(...(await Promise.all(forPhones.slice(n, n + 20).map((agent) => registered(side, agent)))))
    const after = side.memoryMB?.() ?? Number.NaN
    seats.push({ side, phones, registers: [], callsPerSecond: [], setUps: [] })
    if (!side.memoryMB) continue
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    grown[side.name] = ((side.memoryMB() - before) * 1024) / forPhones.length
    say(
      `${side.name}: ${AGENTS} registered, ${one(((after - before) * 1024) / AGENTS)} kB each; idle ${one(grown[side.name]!)} kB`,
    )
  }
  const [ours, ceiling, theirs] = seats as [Seat, Seat, Seat | undefined]

  await registerOnAndOn(ours, 2_000) // warm
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const seat of rotated(seats, round)) {
      const rate = await registerOnAndOn(seat, SECONDS * 1000)
      seat.registers.push(rate)
      say(`round ${round}, ${seat.side.name}: ${Math.round(rate)} REGISTER/s`)
    }
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const seat of seats) {
      if (seat === ceiling) continue
      const setUps = await callOneByOne(seat)
      seat.setUps.push(...setUps)
      const rate = await callOnAndOn(seat, SECONDS * 1000)
      seat.callsPerSecond.push(rate)
      const answered = setUps.map(({ answeredMs }) => answeredMs)
      say(
        `round ${round}, ${seat.side.name}: set up in ${one(median(answered))} ms, p95 ${one(percentile(answered, 0.95))}; ${Math.round(rate)} calls/s`,
      )
    }
  }
  for (const { phones } of seats) await Promise.all(phones.map((phone) => phone.close()))
  await new Promise((resolve) => setTimeout(resolve, EMPTIED_MS))
  const heard = await inBrowsers([edge, ...(kamailio ? [kamailio] : [])])

  const p95 = (seat: Seat | undefined) =>
    seat
      ? percentile(
          seat.setUps.map(({ answeredMs }) => answeredMs),
          0.95,
        )
      : NaN
  const over = (of: number[], by: number[] | undefined) => (by ? two(median(of) / median(by)) : null)
  const orNull = (value: number) => (Number.isNaN(value) ? null : one(value))
  const sound = (name: string, of: (heard: Heard) => number, p: number) =>
    orNull(percentile((heard[name] ?? []).map(of), p))
  closing('sip', {
    registersPerSecond: Math.round(median(ours.registers)),
    registersOverEcho: over(ours.registers, ceiling.registers),
    registersOverKamailio: over(ours.registers, theirs?.registers),
    callsPerSecond: Math.round(median(ours.callsPerSecond)),
    callsOverKamailio: over(ours.callsPerSecond, theirs?.callsPerSecond),
    setUpP50Ms: one(median(ours.setUps.map(({ answeredMs }) => answeredMs))),
    setUpP95Ms: one(p95(ours)),
    addedSetUpP95Ms: orNull(p95(ours) - p95(theirs)),
    browserSetUpP95Ms: sound('edge', ({ setUpMs }) => setUpMs, 0.95),
    browserSetUpP95MsKamailio: sound('Kamailio', ({ setUpMs }) => setUpMs, 0.95),
    clickToSoundP50Ms: sound('edge', ({ soundMs }) => soundMs, 0.5),
    clickToSoundP95Ms: sound('edge', ({ soundMs }) => soundMs, 0.95),
    clickToSoundP50MsKamailio: sound('Kamailio', ({ soundMs }) => soundMs, 0.5),
    clickToSoundP95MsKamailio: sound('Kamailio', ({ soundMs }) => soundMs, 0.95),
    idleAgentKB: orNull(grown.edge ?? NaN),
    idleEchoKB: orNull(grown.echo ?? NaN),
  })
} finally {
  await stop()
}
process.exit(0)

async function started(starting: Promise<Side>): Promise<Side> {
  const side = await starting
  sides.push(side)
  return side
}

async function registered(side: Side, agent: (typeof agents)[number]): Promise<BenchPhone> {
  const phone = await BenchPhone.open(side.line(agent))
  await phone.register()
  return phone
}

/** Whoever comes after Kamailio, which takes both processors whole, finds the machine slower: each does in turn. */
function rotated(of: Seat[], by: number): Seat[] {
  const from = by % of.length
  return [...of.slice(from), ...of.slice(0, from)]
}

/** Every telephone refreshes as soon as its last refresh is answered; how many a second. */
async function registerOnAndOn({ phones }: Seat, forMs: number): Promise<number> {
  const began = performance.now()
  let done = 0
  const on = async (phone: BenchPhone) => {
    while (performance.now() - began < forMs) {
      await phone.register()
      done += 1
    }
  }
  await Promise.all(phones.map(on))
  return (done / (performance.now() - began)) * 1000
}

/** A call at a time, so that what is measured is the way and no queue; the callee rings and answers at once. */
async function callOneByOne({ phones }: Seat): Promise<SetUp[]> {
  const setUps: SetUp[] = []
  for (let n = 0; n < CALLS; n += 1) {
    const caller = (2 * n) % phones.length
    setUps.push(await phones[caller]!.call(phones[(caller + 1) % phones.length]!.user))
  }
  return setUps
}

/** Pairs that call, answer and hang up without a pause; how many calls a second. */
async function callOnAndOn({ phones }: Seat, forMs: number): Promise<number> {
  const began = performance.now()
  let done = 0
  const on = async (worker: number) => {
    // through all pairs in turn: who calls too often from one socket is asked to wait (SIP-6)
    for (let n = worker; performance.now() - began < forMs; n += AT_ONCE) {
      const caller = (2 * n) % (phones.length - (phones.length % 2))
      await phones[caller]!.call(phones[caller + 1]!.user)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, worker) => on(worker)))
  return (done / (performance.now() - began)) * 1000
}

/** JsSIP in Chromium to JsSIP in Chromium, by each of these in turn. */
async function inBrowsers(of: Side[]): Promise<Record<string, Heard[]>> {
  const pairs: { name: string; pair: BrowserPair; heard: Heard[] }[] = []
  const chromium = await BrowserPair.launch()
  try {
    for (const side of of) {
      const [caller, callee] = forBrowsers.map(side.line)
      pairs.push({ name: side.name, pair: await BrowserPair.open(chromium, caller!, callee!), heard: [] })
    }
    for (const { pair } of pairs) await pair.call() // a fresh browser's first call takes longer
    for (let n = 0; n < BROWSER_CALLS; n += 1) for (const { pair, heard } of pairs) heard.push(await pair.call())
  } finally {
    await chromium.close()
  }
  for (const { name, heard } of pairs)
    say(`browsers by ${name}: ${heard.map(({ setUpMs, soundMs }) => `${one(setUpMs)}/${one(soundMs)}`).join(' ')} ms`)
  return Object.fromEntries(pairs.map(({ name, heard }) => [name, heard]))
}
