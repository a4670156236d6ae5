import { OpenAPIHono } from '@hono/zod-openapi'
import { HTTPException } from 'hono/http-exception'
import { log, setLogLevel } from './log'
import { accessLog, patternOf } from './middleware/access-log'
import { bodySize } from './middleware/body-size'
import { believePeer } from './middleware/peer'
import { requestId } from './middleware/request-id'
import { problemOf, RefusalError } from './refusals'
import type { AppContext } from './routes/endpoint'
import { attempts } from './routes/attempts'
import { bench } from './routes/bench'
import { bulk } from './routes/bulk'
import { callControls } from './routes/call-control'
import { callMerges } from './routes/call-merge'
import { callMonitor } from './routes/call-monitor'
import { calls } from './routes/calls'
import { callerIds } from './routes/caller-ids'
import { commands } from './routes/commands'
import { customers } from './routes/customers'
import { customerEdit } from './routes/customer-edit'
import { demo } from './routes/demo'
import { devices } from './routes/devices'
import { dialling } from './routes/dialling'
import { docs } from './routes/docs'
import { doNotCall } from './routes/do-not-call'
import { doNotCallImporting } from './routes/do-not-call-imports'
import { entryList } from './routes/entry-list'
import { floor } from './routes/floor'
import { ice } from './routes/ice'
import { imports } from './routes/imports'
import { listMode } from './routes/list-mode'
import { leads } from './routes/leads'
import { live } from './routes/live'
import { me } from './routes/me'
import { work } from './routes/open-work'
import { poolEntries } from './routes/pool-entries'
import { hours } from './routes/pool-hours'
import { poolWords } from './routes/pool-words'
import { pools } from './routes/pools'
import { pulls } from './routes/pulls'
import { recording } from './routes/recording'
import { recordings } from './routes/recordings'
import { recordingSetting } from './routes/recording-settings'
import { session } from './routes/session'
import { setup } from './routes/setup'
import { sip } from './routes/sip'
import { soundFiles } from './routes/sound-files'
import { system } from './routes/system'
import { teams } from './routes/teams'
import { tokens } from './routes/tokens'
import { trunks } from './routes/trunks'
import { users } from './routes/users'

/** The one Worker. Read it as a contents page. */
export const app = new OpenAPIHono<AppContext>()

app.use('*', requestId)
app.use('*', async (c, next) => {
  setLogLevel(c.env.LOG_LEVEL)
  await next()
})
app.use('*', accessLog)
app.use('*', believePeer)
app.use('/api/*', bodySize)

app.route('/api', session) // POST DELETE /session, password
app.route('/api', setup) // the first administrator
app.route('/api', tokens) // programs
app.route('/api', me)
app.route('/api', users)
app.route('/api', teams)
app.route('/api', work) // what waits for somebody who leaves
app.route('/api', pools)
app.route('/api', entryList) // a pool's customers as lists show them
app.route('/api', poolWords)
app.route('/api', bulk) // what is done to many of them
app.route('/api', customerEdit) // editing a customer: lock, fields, history
app.route('/api', listMode) // the list agents take from; ageing
app.route('/api', hours) // calling hours, why nothing is due
app.route('/api', poolEntries) // what a supervisor does by hand
app.route('/api', leads) // one customer by a program
app.route('/api', pulls)
app.route('/api', commands)
app.route('/api', imports)
app.route('/api', attempts)
app.route('/api', customers)
app.route('/api', doNotCallImporting) // before the numbers: a path of it must not be taken for one
app.route('/api', doNotCall)
app.route('/api', trunks) // SIP accounts at SBCs
app.route('/api', callerIds) // which numbers calls show
app.route('/api', calls)
app.route('/api', callMerges) // a conference on the agent's page
app.route('/api', callControls) // end, hold, transfer a live call
app.route('/api', callMonitor) // listen, whisper, join, take over
app.route('/api', recording) // what a browser that records sends
app.route('/api', recordings)
app.route('/api', recordingSetting)
app.route('/api', soundFiles) // attached to attempts
app.route('/api', ice)
app.route('/api', devices) // passwords of foreign telephones
app.route('/api', dialling) // who may call what
app.route('/api', floor)
app.route('/api', live) // GET /live: WebSocket
app.route('/api', bench) // what a room call costs, only with BENCH=1
app.route('/', sip) // GET /sip: SIP over WebSocket; POST /api/sip/tickets
app.route('/', demo) // /demo/telephone
app.route('/', system) // /health /ready, hashed assets
docs(app) // /api/openapi.json, /api/docs

app.notFound((c) => {
  const problem = problemOf('not-found', c.get('requestId'))
  return c.json(problem, 404, { 'content-type': 'application/problem+json' })
})

app.onError((error, c) => {
  const id = c.get('requestId')
  if (error instanceof RefusalError) {
    const problem = problemOf(error.code, id, error.detail, error.errors, error.facts)
    return c.json(problem, problem.status as 400, { 'content-type': 'application/problem+json', ...error.headers })
  }
  if (error instanceof HTTPException && error.status < 500) {
    const problem = problemOf('invalid-input', id, 'The request body could not be read.')
    return c.json(problem, problem.status as 400, { 'content-type': 'application/problem+json' })
  }
  log.error('fault', { requestId: id, method: c.req.method, route: patternOf(c), fault: error })
  return c.json(problemOf('internal', id), 500, { 'content-type': 'application/problem+json' })
})
