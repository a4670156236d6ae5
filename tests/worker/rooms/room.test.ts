import { Patience } from '#worker/rooms/patience'
import { env, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { Room } from '#worker/rooms/room'

type Shell = { inGroup<T>(id: string | null, decide: () => T): Promise<T> }

describe('the shell of every room', () => {
  it('[SYNC-4] answers a repeated command id with the first answer and decides once', async () => {
    const stub = env.POOL.getByName('shell-repeat')
    await runInDurableObject(stub, async (room) => {
      const shell = room as unknown as Shell
      let decided = 0
      const first = await shell.inGroup('c1', () => ({ n: ++decided }))
      const again = await shell.inGroup('c1', () => ({ n: ++decided }))
      expect(first).toEqual({ n: 1 })
      expect(again).toEqual({ n: 1 })
    })
  })

  it('a command that throws fails alone and leaves no write behind', async () => {
    const stub = env.POOL.getByName('shell-poison')
    await runInDurableObject(stub, async (room, state) => {
      expect(room).toBeInstanceOf(Room)
      const shell = room as unknown as Shell
      const sql = state.storage.sql
      sql.exec('CREATE TABLE seen (n INTEGER)')
      const results = await Promise.allSettled([
        shell.inGroup(null, () => sql.exec('INSERT INTO seen VALUES (1)').rowsWritten),
        shell.inGroup(null, () => {
          sql.exec('INSERT INTO seen VALUES (2)')
          throw new Error('poison')
        }),
        shell.inGroup(null, () => sql.exec('INSERT INTO seen VALUES (3)').rowsWritten),
      ])
      expect(results.map((r) => r.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(sql.exec('SELECT n FROM seen ORDER BY n').toArray()).toEqual([{ n: 1 }, { n: 3 }])
    })
  })
})

describe('the alarm of a room', () => {
  it('that could not be set is set with the next commit', async () => {
    const stub = env.POOL.getByName('shell-alarm')
    await runInDurableObject(stub, async (room, { storage }) => {
      const { shell } = room as unknown as { shell: { setTimer(name: string, at: number): void } }
      const later = () => (room as unknown as Shell).inGroup(null, () => shell.setTimer('later', Date.now() + 60_000))
      const real = storage.setAlarm.bind(storage)
      storage.setAlarm = () => Promise.reject(new Error('no disk'))
      await later()
      expect(await storage.getAlarm()).toBeNull()
      storage.setAlarm = real
      await later()
      expect(await storage.getAlarm()).not.toBeNull()
    })
  })
})

describe('Patience', () => {
  it('answers what is answered, fails what is not there in time, and each at its own time', async () => {
    const { within } = new Patience()
    const never = new Promise<string>(() => undefined)
    const began = Date.now()
    const short = within(never, 60).catch((fault: Error) => `${fault.message} after ${Date.now() - began >= 55}`)
    const long = within(never, 140).catch((fault: Error) => `${fault.message} after ${Date.now() - began >= 135}`)
    expect(await within(Promise.resolve('there'), 60)).toBe('there')
    await expect(within(Promise.reject(new Error('its own fault')), 60)).rejects.toThrow('its own fault')
    expect(await short).toBe('no answer in time after true')
    expect(await long).toBe('no answer in time after true')
    // and again after it slept
    expect(await within(never, 20).catch((fault: Error) => fault.message)).toBe('no answer in time')
  })
})
