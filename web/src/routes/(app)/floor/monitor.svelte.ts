import { hearing, type MonitorMode } from '#shared/domain/call/monitor'
import { callOf } from '#shared/domain/call/part'
import { iceServers } from '#shared/protocol/ice'
import type { AgentPicture, CallPicture } from '#shared/protocol/live'
import { monitorChange, monitorOrdered } from '#shared/protocol/monitor'
import { me, type Me } from '#shared/protocol/session'
import { transferStarted } from '#shared/protocol/sip'
import { api } from '$lib/api/client'
import { wordsFor } from '$lib/api/words'
import { m } from '$lib/paraglide/messages'
import { browserPhone, openedPhone, type BrowserPhone } from '$lib/phone/browser-phone.svelte'
import { sipServer } from '$lib/phone/instance'
import { isLive } from '$lib/phone/call-progress'
import { audioContext, deviceMicrophone, type Microphone } from '$lib/phone/microphone'
import { playingBy } from '$lib/phone/sound-devices'
import type { SipListening } from '$lib/phone/sip-listening'
import { toasts } from '$lib/ui/toast.svelte'
import { isolated } from '$lib/i18n/isolated'
import { otherOf } from './words'

/** The call that this page is at: whose, with whom, and who hears us. */
export type MonitorNow = {
  callId: string
  agentId: string
  agentName: string
  other: string
  mode: MonitorMode
  state: 'connecting' | 'on'
}

const REGISTER_WAIT_MS = 10_000
const TAKE_OVER_MS = 15_000

/** SIP-10 on the floor: listen, whisper, join, take over. The edge orders the agent's page; here is only our own sound. */
export class FloorMonitor {
  now = $state.raw<MonitorNow | null>(null)
  hasMicrophone = $state(true)
  /** Of the call that is being taken over; null: none. */
  taking = $state<string | null>(null)
  /** The telephone that a call was taken over with. */
  phone = $state.raw<BrowserPhone | null>(openedPhone())
  private listening: SipListening | null = null
  private startedPhone = false
  private answering: string | null = null
  private steps: Promise<unknown> = Promise.resolve()

  constructor(private readonly who: () => Me | null) {}

  /** At this agent's call from now on; at the call we are at already: another mode. One step after another, as keys are faster than calls. */
  be(mode: MonitorMode, agent: AgentPicture, call: CallPicture): void {
    this.step(() => {
      const isHere = this.now?.callId === call.callId && this.now.agentId === agent.agentId
      return isHere ? this.change(mode) : this.begin(mode, agent, call)
    })
  }
  speak(mode: MonitorMode): void {
    this.step(() => this.change(mode))
  }
  leave(): void {
    this.step(() => this.end())
  }

  private step(doing: () => Promise<void>): void {
    this.steps = this.steps.then(doing).catch(() => undefined)
  }

  private async begin(mode: MonitorMode, agent: AgentPicture, call: CallPicture): Promise<void> {
    await this.end()
    const who = this.who()
    if (!who) return
    audioContext() // unlocked by the press that asks for this
    const { callId } = call
    const order = { mode, agentId: agent.agentId }
    const reply = await api.post(`/api/calls/${callId}/monitor`, { body: order, schema: monitorOrdered })
    if (!reply.ok) return void toasts.show(wordsFor(reply.problem), { tone: 'failed' })
    const now: MonitorNow = {
      callId,
      agentId: agent.agentId,
      agentName: agent.name,
      other: otherOf(call, agent.agentId),
      mode,
      state: 'connecting',
    }
    this.now = now
    try {
      const line = (this.listening = await this.open(who, mode))
      await line.begin(reply.value.target)
      this.now = { ...now, state: 'on' }
    } catch {
      toasts.show(m.monitor_not_reached(), { tone: 'failed' })
      await this.end()
    }
  }

  private async open({ user, sipDomain }: Me, mode: MonitorMode): Promise<SipListening> {
    const [{ SipListening }, servers] = await Promise.all([
      import('$lib/phone/sip-listening'),
      api.get('/api/ice-servers', { schema: iceServers, quiet: true }),
    ])
    const microphone: Microphone = {
      open: async () => {
        const opened = await deviceMicrophone.open()
        this.hasMicrophone = opened.state === 'ready'
        return opened
      },
    }
    const line: SipListening = new SipListening(
      {
        identity: { username: user.username, domain: sipDomain, displayName: user.name },
        server: sipServer(location),
        microphone,
        ear: playingBy('speaker'),
        iceServers: servers.ok ? (servers.value.iceServers as RTCIceServer[]) : [],
        over: () => this.over(line),
      },
      mode,
    )
    return line
  }

  /** It ended without us: the call did, the agent left it, or a line was cut. */
  private over(line: SipListening): void {
    if (this.listening !== line || this.now?.state !== 'on') return
    const { agentName } = this.now
    if (!this.taking) toasts.show(m.monitor_over({ agent: isolated(agentName) }))
    void this.end()
  }

  private async change(mode: MonitorMode): Promise<void> {
    const { now, listening } = this
    if (!now || now.state !== 'on' || now.mode === mode || !listening) return
    // what nobody is to hear any more is silent here before it is anywhere else
    if (!hearing(mode).byAgent) listening.speak(mode)
    const reply = await api.put(`/api/calls/${now.callId}/monitor`, { body: { mode }, schema: monitorChange })
    if (this.listening !== listening) return
    if (!reply.ok) {
      toasts.show(wordsFor(reply.problem), { tone: 'failed' })
      return reply.problem.code === 'unknown-monitor' ? this.end() : listening.speak(now.mode)
    }
    listening.speak(mode)
    this.now = { ...now, mode }
  }

  private async end(): Promise<void> {
    const { now, listening } = this
    this.now = this.listening = null
    if (!now) return
    await listening?.end()
    // where the line said nothing any more
    await api.delete(`/api/calls/${now.callId}/monitor`, { quiet: true }).catch(() => undefined)
  }

  /** SIP-4: their end of the call comes to our telephone, which answers it by itself. */
  takeOver(agent: Pick<AgentPicture, 'agentId' | 'name'>, callId: string): void {
    this.step(async () => {
      const who = this.who()
      if (!who || this.taking) return
      const phone = (this.phone = browserPhone())
      if (isLive(phone.call)) return void toasts.show(m.phone_why_busy(), { tone: 'failed' })
      this.taking = callId
      if (!(await this.startPhone(phone, who))) {
        this.taking = null
        return void toasts.show(m.monitor_no_phone(), { tone: 'failed' })
      }
      const body = { agentId: agent.agentId }
      const reply = await api.post(`/api/calls/${callId}/take-over`, { body, schema: transferStarted })
      if (!reply.ok) {
        this.taking = null
        return void toasts.show(wordsFor(reply.problem), { tone: 'failed' })
      }
      setTimeout(() => {
        if (this.taking !== callId) return
        this.taking = null
        toasts.show(m.monitor_not_taken({ agent: isolated(agent.name) }), { tone: 'failed' })
      }, TAKE_OVER_MS)
    })
  }

  /** Each change of the telephone: what we take over is answered at once, and listened to no more. */
  follow(): void {
    const call = this.phone?.call
    if (call?.state === 'ended' && !this.taking) void this.letGo()
    if (!call || !this.taking || call.id === null || callOf(call.id) !== callOf(this.taking)) return
    // once: it rings on for a moment, and changes, while it is being answered
    if (call.state === 'ringing-in' && this.answering !== call.id) {
      this.answering = call.id
      void this.phone?.answer()
    }
    if (call.state !== 'talking') return
    this.taking = null
    this.leave()
    toasts.show(m.monitor_taken())
  }

  /** The page goes: nobody is listened to by a page that is not there. */
  gone(): void {
    const { now } = this
    if (now)
      void fetch(`/api/calls/${now.callId}/monitor`, { method: 'DELETE', keepalive: true }).catch(() => undefined)
    void this.listening?.end()
  }

  /** Leaves the floor: a telephone that was connected for it alone is let go. */
  async close(): Promise<void> {
    this.leave()
    await this.steps
    if (!isLive(this.phone?.call ?? null)) await this.letGo()
  }

  /** The telephone that was connected to take a call over, unless it is wanted at a desk meanwhile. */
  private async letGo(): Promise<void> {
    if (!this.startedPhone) return
    this.startedPhone = false
    const reply = await api.get('/api/me', { schema: me, quiet: true })
    if (reply.ok && reply.value.state === 'offline') await this.phone?.stop()
  }

  private async startPhone(phone: BrowserPhone, { user, sipDomain }: Me): Promise<boolean> {
    if (phone.line === 'registered') return true
    this.startedPhone = phone.line === 'off'
    await phone.start({ username: user.username, domain: sipDomain, displayName: user.name })
    const until = Date.now() + REGISTER_WAIT_MS
    while (phone.line === 'connecting' && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50))
    return phone.line === ('registered' as string)
  }
}
