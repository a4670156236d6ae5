import type { Env } from '../../env'
import { bulkOf, cancelBulk, listBulks, startBulk, viewOf as bulkView } from './bulk'
import { BulkRunner } from './bulk-runner'
import { addBenchRows } from './bench-rows'
import { callerCard, whoCalls } from './caller'
import { block, learn } from './do-not-call'
import { commitSlice } from './import-commit'
import { undoSlice } from './import-undo'
import { choose, importOf, importRows, openImport, putChunk, viewOf } from './imports'
import { ageingRun, ageNow } from './ageing'
import { cardHistory, editByHand, lockCard, readCard, unlockCard } from './card-edits'
import { listPage } from './listing'
import { addPhones } from './phones'
import { entryOf, type Commander } from './replies'
import { releaseFor, superviseEntry } from './supervision'
import { takeTransfer } from './transfer'
import type { PoolPort } from '../ports'
import { DecidingRoom } from './deciding-room'

type Ask<M extends keyof PoolPort, N extends number = 0> = Parameters<PoolPort[M]>[N]
const DO_NOT_CALL_STEP = 2_000

/** What the office does in a pool: imports, actions on many, customers' cards and the list, do-not-call, a supervisor's hand. */
export abstract class OfficeRoom extends DecidingRoom {
  protected readonly bulkRunner: BulkRunner

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.bulkRunner = new BulkRunner({
      env,
      store: this.store,
      inGroup: (decide) => this.inGroup(null, decide),
      now: () => this.now(),
      waitUntil: (work) => ctx.waitUntil(work),
    })
    if (this.store.bulks.current()) this.bulkRunner.wake()
  }

  async readCard(actor: Commander, entryId: string): ReturnType<PoolPort['readCard']> {
    return this.decide(null, (store, now) => readCard(store, actor, entryId, now))
  }

  async cardHistory(actor: Commander, input: Ask<'cardHistory', 1>): ReturnType<PoolPort['cardHistory']> {
    return this.decide(null, (store, now) => cardHistory(store, actor, input, now))
  }

  async lockCard(actor: Commander, input: Ask<'lockCard', 1>): ReturnType<PoolPort['lockCard']> {
    return this.decide(null, (store, now) => lockCard(store, actor, input, now))
  }

  async unlockCard(actor: Commander, input: Ask<'unlockCard', 1>): ReturnType<PoolPort['unlockCard']> {
    return this.decide(null, (store, now) => unlockCard(store, actor, input, now))
  }

  async editCard(actor: Commander, input: Ask<'editCard', 1>): ReturnType<PoolPort['editCard']> {
    return this.decide(input.id, (store, now) => editByHand(store, actor, input, now))
  }

  async listPage(actor: Commander, query: Ask<'listPage', 1>): ReturnType<PoolPort['listPage']> {
    return this.decide(null, (store, now) => listPage(store, actor, query, now))
  }

  async ageing(): ReturnType<PoolPort['ageing']> {
    return ageingRun(this.store)
  }

  async ageNow(): ReturnType<PoolPort['ageNow']> {
    return this.decide(null, (store, now) => ageNow(store, now))
  }

  async whoCalls(number: string): ReturnType<PoolPort['whoCalls']> {
    return whoCalls(this.store, number)
  }

  async callerCard(entryId: string): ReturnType<PoolPort['callerCard']> {
    return this.inGroup(null, () => callerCard(this.store, entryId))
  }

  async releaseFor(actor: Commander, entryId: string | null, reason: string): ReturnType<PoolPort['releaseFor']> {
    return this.inGroup(null, () => ({ released: releaseFor(this.store, actor, entryId, reason, this.now()) }))
  }

  async supervise(actor: Commander, input: Ask<'supervise', 1>): ReturnType<PoolPort['supervise']> {
    return this.decide(input.id, (store, now) => {
      const { seq } = superviseEntry(store, actor, input, now)
      return { projection: { room: `pool:${this.name}`, seq } }
    })
  }

  async addDoNotCall(news: Ask<'addDoNotCall'>): Promise<void> {
    for (let from = 0; from === 0 || from < news.values.length; from += DO_NOT_CALL_STEP) {
      const step = { ...news, values: news.values.slice(from, from + DO_NOT_CALL_STEP) }
      await this.inGroup(null, () => block(this.store, step, this.now()))
    }
  }

  async removeDoNotCall({ list, version, value }: Ask<'removeDoNotCall'>): Promise<void> {
    await this.inGroup(null, () => {
      this.store.doNotCall.raiseVersion(version)
      this.store.doNotCall.remove(list, value)
    })
  }

  async isBarred(number: string): Promise<boolean> {
    return this.store.doNotCall.has(number)
  }

  async openImport(input: Ask<'openImport'>): ReturnType<PoolPort['openImport']> {
    return this.decide(input.id, (store, now) => openImport(store, input, now))
  }

  async putChunk(
    importId: string,
    n: number,
    rows: Ask<'putChunk', 2>,
    check?: Ask<'putChunk', 3>,
  ): ReturnType<PoolPort['putChunk']> {
    return this.decide(null, (store, now) => {
      learn(store, check, now)
      return putChunk(store, importId, n, rows)
    })
  }

  async importView(importId: string): ReturnType<PoolPort['importView']> {
    return this.decide(null, (store) => viewOf(store, importOf(store, importId)))
  }

  async importMemory(input: Ask<'importMemory'>): ReturnType<PoolPort['importMemory']> {
    return this.decide(null, (store) => store.imports.memory(input))
  }

  async undoSlice(...[actor, importId]: Parameters<PoolPort['undoSlice']>): ReturnType<PoolPort['undoSlice']> {
    return this.decide(null, (store, now) => undoSlice(store, actor, importId, now))
  }

  async chooseImport(importId: string, choices: Ask<'chooseImport', 1>): ReturnType<PoolPort['chooseImport']> {
    return this.decide(null, (store) => choose(store, importId, choices))
  }

  async importRows(importId: string, query: Ask<'importRows', 1>): ReturnType<PoolPort['importRows']> {
    return this.decide(null, (store) => importRows(store, importId, query))
  }

  async addPhones(entryId: string, phones: Ask<'addPhones', 1>): ReturnType<PoolPort['addPhones']> {
    return this.decide(null, (store, now) => {
      const stored = entryOf(store, entryId)
      addPhones(store, stored, phones)
      store.save(stored, stored.entry, now)
      return { phones: store.phones.numbersOf(stored) }
    })
  }

  async commitSlice(importId: string): ReturnType<PoolPort['commitSlice']> {
    await this.numbers.registerImport(importId)
    return this.decide(null, (store, now) => commitSlice(store, importId, now))
  }

  async addBenchRows(from: number, count: number): ReturnType<PoolPort['addBenchRows']> {
    return this.decide(null, (store, now) => addBenchRows(store, from, count, now))
  }

  async startBulk(...[actor, asked]: Parameters<PoolPort['startBulk']>): ReturnType<PoolPort['startBulk']> {
    const started = await this.decide(null, (store, now) => startBulk(store, actor, asked, now))
    this.bulkRunner.wake()
    return started
  }

  async bulks(): ReturnType<PoolPort['bulks']> {
    return listBulks(this.store)
  }

  async bulk(id: string): ReturnType<PoolPort['bulk']> {
    return this.decide(null, (store) => bulkView(store, bulkOf(store, id)))
  }

  async bulkRows(...[id, cursor, limit]: Parameters<PoolPort['bulkRows']>): ReturnType<PoolPort['bulkRows']> {
    return this.decide(null, (store) => {
      const items = store.bulks.rows(bulkOf(store, id).id, cursor, limit)
      return { items, nextCursor: items.length === limit ? items.at(-1)!.entryId : null }
    })
  }

  async cancelBulk(actor: Commander, id: string): ReturnType<PoolPort['cancelBulk']> {
    return this.decide(null, (store, now) => cancelBulk(store, actor, id, now))
  }

  async takeTransfer(given: Ask<'takeTransfer'>): ReturnType<PoolPort['takeTransfer']> {
    return this.decide(given.batch, (store, now) => takeTransfer(store, given, now))
  }
}
