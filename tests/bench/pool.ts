import { randomUUID } from 'node:crypto'
import { startHouse } from '../support/house'
import { closing, median, percentile } from './machine'
import { startPeer, type Peer } from './pool-peer'
import { Bench, type Figures } from './pool-driver'

/**
 * `npm run bench:pool` (POOL-29): agents pull and dispose over HTTP, each waiting for its answer before the next. In one run,
 * in alternating rounds: our pool, a room call that does nothing, and PostgreSQL's `FOR UPDATE SKIP LOCKED` behind an
 * equally thin Node server, when PostgreSQL is installed. And a pool of a million beside one of ten thousand.
 *
 *   ENTRIES=100000 AGENTS=50 ROUNDS=5 SECONDS=6 MILLION=1000000 npm run bench:pool
 */
const number = (name: string, fallback: number) => Number(process.env[name] ?? fallback)
const ENTRIES = number('ENTRIES', 100_000)
const AGENTS = number('AGENTS', 50)
const ROUNDS = number('ROUNDS', 5)
const SECONDS = number('SECONDS', 6)
const MILLION = number('MILLION', 1_000_000)
const PASSWORD = randomUUID()

const house = await startHouse({ demo: false, password: PASSWORD, env: { BENCH: '1', LOG_LEVEL: 'error' } })
let peer: Peer | null = null
try {
  const bench = new Bench(house.url, SECONDS * 1000)
  await bench.signIn(PASSWORD, AGENTS)
  say(`importing ${ENTRIES} entries`)
  const pool = await bench.fillPool('Bench', ENTRIES)
  peer = await startPeer(ENTRIES)
  if (!peer) say('PostgreSQL is not installed here: its figures are null')

  const ours: Figures[] = []
  const empty: Figures[] = []
  const theirs: Figures[] = []
  await bench.pullAndDispose(pool, 1_000) // warm
  for (let round = 1; round <= ROUNDS; round += 1) {
    ours.push(tell(`round ${round}, pool`, await bench.pullAndDispose(pool)))
    empty.push(tell(`round ${round}, empty room call`, await bench.emptyCalls()))
    if (peer) theirs.push(tell(`round ${round}, PostgreSQL`, await bench.peerPulls(peer.url)))
  }

  const [small, large] = [
    await bench.fillPool('Ten thousand', 10_000),
    MILLION > 0 ? await bench.fillPool('Million', MILLION) : null,
  ]
  const smalls: Figures[] = []
  const larges: Figures[] = []
  for (let round = 1; large && round <= 3; round += 1) {
    smalls.push(tell(`round ${round}, 10,000`, await bench.pullAndDispose(small, 3_000)))
    larges.push(tell(`round ${round}, ${MILLION}`, await bench.pullAndDispose(large, 3_000)))
  }
  const middle = (figure: (figures: Figures) => number) => round2(median(ours.map(figure)))
  say(
    `medians: ${middle((one) => one.perSecond)} pulls/s, p50 ${middle((one) => one.p50)} ms, p99 ${middle((one) => one.p99)} ms`,
  )
  closing('pool', {
    pullsOverPostgres: ratio(ours, theirs, (figures) => figures.perSecond),
    pullsOverEmptyCall: ratio(ours, empty, (figures) => figures.perSecond),
    pullP99OverEmptyCall: ratio(ours, empty, (figures) => figures.p99),
    millionOverTenThousand: ratio(larges, smalls, (figures) => figures.p50),
  })
} finally {
  await peer?.stop()
  await house.stop()
}

function ratio(of: Figures[], over: Figures[], figure: (figures: Figures) => number): number | null {
  if (of.length === 0 || over.length === 0) return null
  return round2(median(of.map(figure)) / median(over.map(figure)))
}
function round2(value: number): number {
  return Math.round(value * 100) / 100
}
function tell(what: string, latencies: { milliseconds: number[]; tookMs: number }): Figures {
  const { milliseconds, tookMs } = latencies
  const figures = {
    perSecond: (milliseconds.length / tookMs) * 1000,
    p50: median(milliseconds),
    p99: percentile(milliseconds, 0.99),
  }
  say(`${what}: ${Math.round(figures.perSecond)}/s, p50 ${round2(figures.p50)} ms, p99 ${round2(figures.p99)} ms`)
  return figures
}
function say(line: string): void {
  console.log(line)
}
