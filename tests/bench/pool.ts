import { randomUUID } from 'node:crypto'
import { startHouse } from '../support/house'
import { closing, median, percentile } from './machine'
import { startPeer, type Peer } from './pool-peer'
import { Bench, type Figures } from './pool-driver'

/**
 * `npm run bench:pool` (POOL-29): agents pull and dispose over HTTP, each waiting for its answer before the next. In one run,
 * in alternating rounds: our pool, a room call that does nothing, and PostgreSQL's `FOR UPDATE SKIP LOCKED` behind an
 * equally thin Node server, when PostgreSQL is installed; the first two also at 200 requests a second. And a pool of a million
 * beside one of ten thousand. A request is a pull, a disposition, or an empty call; figures are medians over the rounds.
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
const full = { forMs: SECONDS * 1000, perSecond: null }
const calm = { forMs: SECONDS * 1000, perSecond: 200 }

const house = await startHouse({ demo: false, password: PASSWORD, env: { BENCH: '1', LOG_LEVEL: 'error' } })
let peer: Peer | null = null
try {
  const bench = new Bench(house.url)
  await bench.signIn(PASSWORD, AGENTS)
  say(`making ${ENTRIES} entries`)
  const pool = await bench.fillPool('Bench', ENTRIES)
  peer = await startPeer(ENTRIES)
  if (!peer) say('PostgreSQL is not installed here: its figures are null')

  const ours: Figures[] = []
  const empty: Figures[] = []
  const theirs: Figures[] = []
  const oursCalm: Figures[] = []
  const emptyCalm: Figures[] = []
  await bench.pullAndDispose(pool, { forMs: 2_000, perSecond: null }) // warm
  for (let round = 1; round <= ROUNDS; round += 1) {
    ours.push(tell(`round ${round}, pool`, await bench.pullAndDispose(pool, full)))
    empty.push(tell(`round ${round}, empty room call`, await bench.emptyCalls(full)))
    if (peer) theirs.push(tell(`round ${round}, PostgreSQL`, await bench.peerPulls(peer.url, full)))
    oursCalm.push(tell(`round ${round}, pool at 200/s`, await bench.pullAndDispose(pool, calm)))
    emptyCalm.push(tell(`round ${round}, empty room call at 200/s`, await bench.emptyCalls(calm)))
  }
  const middle = (of: Figures[], figure: (figures: Figures) => number) => round2(median(of.map(figure)))
  say(
    `medians: ${middle(ours, rate)} requests/s; at 200/s p50 ${middle(oursCalm, (one) => one.p50)} ms, p99 ${middle(oursCalm, p99)} ms; ` +
      `empty call ${middle(empty, rate)}/s, p99 ${middle(emptyCalm, p99)} ms at 200/s${peer ? `; PostgreSQL ${middle(theirs, rate)}/s` : ''}`,
  )

  const smalls: Figures[] = []
  const larges: Figures[] = []
  if (MILLION > 0) {
    // a round of pulls empties half of one
    const smallOne = (round: number) => bench.fillPool(`Ten thousand ${round}`, 10_000)
    say(`making ${MILLION} entries`)
    const began = performance.now()
    const large = await bench.fillPool('Million', MILLION)
    say(`made in ${Math.round((performance.now() - began) / 1000)} s`)
    const short = { forMs: 3_000, perSecond: null }
    for (const poolId of [await smallOne(0), large])
      await bench.pullAndDispose(poolId, { forMs: 1_000, perSecond: null }) // warm
    for (let round = 1; round <= ROUNDS; round += 1) {
      smalls.push(tell(`round ${round}, 10,000`, await bench.pullAndDispose(await smallOne(round), short)))
      larges.push(tell(`round ${round}, ${MILLION}`, await bench.pullAndDispose(large, short)))
    }
  }
  closing('pool', {
    pullsOverPostgres: ratio(ours, theirs, rate),
    pullsOverEmptyCall: ratio(ours, empty, rate),
    pullP99OverEmptyCall: ratio(oursCalm, emptyCalm, p99),
    millionOverTenThousand: ratio(larges, smalls, (figures) => figures.p50),
  })
} finally {
  await peer?.stop()
  await house.stop()
}

function rate(figures: Figures): number {
  return figures.perSecond
}
function p99(figures: Figures): number {
  return figures.p99
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
