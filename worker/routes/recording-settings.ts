import { recordingSettings, recordingSetup, rewrapped } from '#shared/protocol/recordings'
import { audited } from '../auth/audit'
import { readRecordingSettings, writeRecordingSettings } from '../db/recording-settings'
import { putKeys, recordingsByKey, wrappedByOthers } from '../db/recordings'
import type { Env } from '../env'
import { rewrap } from '../recording/keys'
import { boundTo, vaultOf, wrappedOf } from '../recording/vault'
import { RefusalError } from '../refusals'
import { retentionRoom } from '../rooms/doors'
import { body, endpoint, json, router } from './endpoint'
import { vaultFor } from './recording'

export const recordingSetting = router()
const tags = ['recordings']

async function setupOf(env: Env) {
  const vault = vaultOf(env)
  const [settings, keys] = await Promise.all([readRecordingSettings(env.DB), recordingsByKey(env.DB)])
  return { settings, isReady: vault !== null, currentKey: vault?.ring.current ?? null, keys }
}

endpoint(
  recordingSetting,
  'recording.change',
  {
    method: 'get',
    path: '/recording-settings',
    tags,
    summary: 'What is recorded, and by which keys',
    responses: { 200: json(recordingSetup, 'As it is now') },
  },
  async (c) => c.json(await setupOf(c.env), 200),
)

/** Refuses conflict when they have changed since `version`. */
endpoint(
  recordingSetting,
  'recording.change',
  {
    method: 'put',
    path: '/recording-settings',
    tags,
    summary: 'Set what is recorded, and who hears it',
    request: body(recordingSettings),
    responses: { 200: json(recordingSetup, 'As it is now') },
  },
  async (c) => {
    const wanted = c.req.valid('json')
    const written = await writeRecordingSettings(c.env.DB, wanted, Date.now())
    if (!written) throw new RefusalError('conflict')
    const { internalCalls, otherCalls, agentsHear, keepDays } = written
    await audited(c, 'recording.change', 'recording', { internalCalls, otherCalls, agentsHear, keepDays })
    await retentionRoom(c.env).deleteDaily()
    return c.json(await setupOf(c.env), 200)
  },
)

const AT_ONCE = 500

/** After a new key was added: some hundred recordings at a time, until `left` is 0. `failed`: their old key is not set up. */
endpoint(
  recordingSetting,
  'recording.change',
  {
    method: 'post',
    path: '/recording-keys/rewrap',
    tags,
    summary: 'Wrap the keys of recordings by the newest key',
    responses: { 200: json(rewrapped, 'How many were, and how many wait') },
  },
  async (c) => {
    const { ring } = vaultFor(c.env)
    let [done, failed, after] = [0, 0, '']
    // those whose old key is gone are passed over
    for (;;) {
      const rows = await wrappedByOthers(c.env.DB, ring.current, after, AT_ONCE)
      const anew = await Promise.all(
        rows.map(async (row) => {
          const key = await rewrap(ring, boundTo(row), wrappedOf(row))
          return key && { ...key, id: row.id, was: row.wrappedKey }
        }),
      )
      const wrapped = anew.filter((one) => one !== null)
      await putKeys(c.env.DB, wrapped)
      done += wrapped.length
      failed += rows.length - wrapped.length
      after = rows.at(-1)?.id ?? ''
      if (done > 0 || rows.length < AT_ONCE) break
    }
    const left = (await recordingsByKey(c.env.DB)).reduce(
      (sum, { version, recordings }) => (version === ring.current ? sum : sum + recordings),
      0,
    )
    await audited(c, 'recording.rewrap', 'recording', { version: ring.current, done, left })
    return c.json({ done, left, failed }, 200)
  },
)
