import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  changeMonitor,
  endMonitor,
  hearing,
  isMonitorTarget,
  MONITOR_MODES,
  monitorOfTarget,
  monitorTarget,
  ORDER_MS,
  orderMonitor,
  readNotice,
  takeMonitor,
  writeNotice,
  type Monitor,
  type Monitored,
  type MonitorOrder,
} from '#shared/domain/call/monitor'

const NOON = 1_000_000
const carol = { userId: 'carol', name: 'Carol' }
const dora = { userId: 'dora', name: 'Dora' }
const order = (change: Partial<MonitorOrder> = {}): MonitorOrder => ({
  id: 'order-1',
  by: carol,
  agentId: 'alice',
  leg: 0,
  mode: 'listen',
  isShown: true,
  ...change,
})
const ordered = (change: Partial<MonitorOrder> = {}, at = NOON): Monitor => {
  const result = orderMonitor(null, order(change), at)
  if (!result.ok) throw new Error(result.refusal)
  return result.value.monitor!
}
const taken = (change: Partial<MonitorOrder> = {}): Monitor => {
  const monitor = ordered(change)
  const result = takeMonitor(monitor, { id: monitor.id, userId: monitor.by.userId, room: 'room-1' }, NOON)
  if (!result.ok) throw new Error(result.refusal)
  return result.value.monitor
}

describe('a monitor of a call', () => {
  it('[SIP-10] the agent hears the supervisor from whisper on, the customer in barge alone', () => {
    expect(MONITOR_MODES.map(hearing)).toEqual([
      { byAgent: false, byCustomer: false },
      { byAgent: true, byCustomer: false },
      { byAgent: true, byCustomer: true },
    ])
  })

  it('[SIP-10] begins when the telephone of who ordered it has called: once, in time, and nobody else’s', () => {
    const monitor = ordered()
    const call = { id: 'order-1', userId: 'carol', room: 'room-1' }
    expect(takeMonitor(monitor, { ...call, userId: 'dora' }, NOON)).toMatchObject({ refusal: 'unknown-monitor' })
    expect(takeMonitor(monitor, { ...call, id: 'guessed' }, NOON)).toMatchObject({ refusal: 'unknown-monitor' })
    expect(takeMonitor(monitor, call, NOON + ORDER_MS)).toMatchObject({ refusal: 'unknown-monitor' })
    expect(takeMonitor(null, call, NOON)).toMatchObject({ refusal: 'unknown-monitor' })
    const first = takeMonitor(monitor, call, NOON + 1)
    expect(first).toMatchObject({ ok: true, value: { acts: [{ act: 'begin' }], monitor: { room: 'room-1' } } })
    if (!first.ok) return
    // asked again by the same room it is the same; by another, refused
    expect(takeMonitor(first.value.monitor, call, NOON + 2)).toMatchObject({ ok: true, value: { acts: [] } })
    expect(takeMonitor(first.value.monitor, { ...call, room: 'room-2' }, NOON + 2)).toMatchObject({ ok: false })
  })

  it('[SIP-10] one supervisor at a time; an order that nobody followed is in nobody’s way; one’s own call is not monitored', () => {
    expect(orderMonitor(null, order({ agentId: 'carol' }), NOON)).toMatchObject({ refusal: 'own-call' })
    expect(orderMonitor(taken(), order({ by: dora }), NOON * 2)).toMatchObject({ refusal: 'monitored-already' })
    expect(orderMonitor(ordered(), order({ by: dora }), NOON + 1)).toMatchObject({ refusal: 'monitored-already' })
    expect(orderMonitor(ordered(), order({ by: dora }), NOON + ORDER_MS)).toMatchObject({ ok: true })
    // their own page was loaded again: the old one ends
    expect(orderMonitor(taken(), order({ id: 'order-2' }), NOON + 9)).toMatchObject({
      value: { monitor: { id: 'order-2', room: null }, acts: [{ act: 'end', why: 'ordered-anew' }] },
    })
  })

  it('[SIP-10] every beginning, change of mode and end is told once, and only what was heard', () => {
    const kinds = ({ acts }: Monitored) => acts.map(({ act, monitor }) => `${act} ${monitor.mode}`)
    const monitor = taken()
    const changed = changeMonitor(monitor, 'carol', 'barge')
    expect(changed.ok && kinds(changed.value)).toEqual(['mode barge'])
    expect(changeMonitor(monitor, 'carol', 'listen')).toMatchObject({ value: { acts: [] } })
    expect(changeMonitor(monitor, 'dora', 'barge')).toMatchObject({ refusal: 'unknown-monitor' })
    expect(changeMonitor(ordered(), 'carol', 'barge')).toMatchObject({ refusal: 'unknown-monitor' })
    expect(kinds(endMonitor(monitor, 'stopped'))).toEqual(['end listen'])
    expect(endMonitor(ordered(), 'stopped')).toEqual({ monitor: null, acts: [] })
    expect(endMonitor(null, 'stopped')).toEqual({ monitor: null, acts: [] })
  })
})

describe('its words', () => {
  it('[SIP-10] the target names call and order; nothing a person may be called is one', () => {
    expect(monitorOfTarget(monitorTarget('call-0001', 'order-0001'))).toEqual({ callId: 'call-0001', id: 'order-0001' })
    expect(isMonitorTarget('monitor.smith')).toBe(false)
    for (const target of ['~monitor.', '~monitor.x.y', '~monitor.call-0001', 'alice'])
      expect(monitorOfTarget(target)).toBeNull()
  })

  it('[SIP-10] a notice is read as it was written, whatever the name; a broken one is none', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MONITOR_MODES),
        fc.option(fc.string({ unit: 'grapheme', maxLength: 60 }), { nil: null }),
        (mode, by) => {
          const notice = { callId: 'abc.2', mode, by }
          const text = writeNotice(notice)
          expect(text).toMatch(/^[\x20-\x7e]*$/)
          expect(readNotice(text)).toEqual(notice)
        },
      ),
    )
    for (const text of ['', 'abc', 'abc;mode=shout', ';mode=listen']) expect(readNotice(text)).toBeNull()
  })
})
