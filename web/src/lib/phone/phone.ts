import type { MonitorMode } from '#shared/domain/call/monitor'
import type { RefusalCode } from '#shared/protocol/problem'
import type { RecordingAction, RecordingNow } from '../recording/call-tap'
import type { QualityNow } from './quality'

/**
 * The browser's telephone as the rest of the app sees it (PHONE-1…4, 10). `browser-phone.svelte.ts` implements it over
 * SIP; every property is reactive state, the same in every tab of this browser, whichever tab owns the socket.
 *
 *   off ──start──▶ connecting ──200 to REGISTER──▶ registered ──socket lost──▶ reconnecting ──REGISTER──▶ registered
 *    ▲                  └────── refused, or given up ──────▶ lost ◀──── 30 s without a line ────┘
 *    └── stop ── from anywhere
 */
export interface Phone {
  readonly line: LineState
  /** Why the line is lost, as a sentence code of the messages; null while it is not. */
  readonly lineProblem: LineProblem | null
  /** Epoch ms of this device: since when the line is what it is. */
  readonly lineSince: number
  /** Whether a microphone was found and allowed, as far as was asked. */
  readonly microphone: MicrophoneState
  /** The call in hand, and after it its receipt (state `ended`) until the next one or `clear()`. */
  readonly call: PhoneCall | null
  /** The calls beside the one in hand: on hold, waiting to be answered, or ended until the next is placed (PHONE-4). */
  readonly others: readonly PhoneCall[]
  /** What the person has chosen, as the telephone goes by it. */
  readonly habits: PhoneHabits
  /** PHONE-3: when the call that rings is answered by itself, epoch ms; null: it is not. */
  readonly answersAt: number | null
  /** The transfer of the call in hand, and how it goes; null: none was asked for. */
  readonly transferNow: TransferNow | null
  /** Both calls talk, and hear each other. */
  readonly isConference: boolean
  /** SIP-10: the supervisor at a call of ours; null: none, or one that we are not shown. */
  readonly monitoredBy: MonitoredBy | null
  /** PHONE-9: a call whose page has gone, and that can be had back; null: none. */
  readonly rejoinOffer: RejoinOffer | null
  /** The last number or extension that was dialled from here, for redial. */
  readonly lastDialled: string | null
  /** Null until something was measured in this call: unknown is unknown (PHONE-7). */
  readonly quality: QualityNow | null
  /** PHONE-11: of the call in hand; null: it is not recorded, or not known yet. */
  readonly recording: RecordingNow | null
  /** Whether this tab owns SIP and microphone; the others mirror and control it (PHONE-10). */
  readonly isOwner: boolean

  /** Registers (PHONE-1). Call it from a user gesture: that unlocks the ringtone and asks for the microphone. */
  start(identity: PhoneIdentity): Promise<void>
  /** Ends a call in hand, unregisters and closes the socket. */
  stop(): Promise<void>
  /** PHONE-2. E.164 (`+506…`) or an extension. With `leaseId` (`poolId:entryId:token`) it is a call to the customer in hand. */
  dial(target: string, options?: DialOptions): Promise<DialOutcome>
  /** The choices count from now on. */
  suit(habits: PhoneHabits): Promise<void>
  /** PHONE-3. `line`: of a call that waits beside the one in hand, which is put on hold first. */
  answer(line?: number): Promise<void>
  /** An incoming call is answered with 603, or 486 when `busy`. `line`: of a call that waits. */
  decline(busy?: boolean, line?: number): Promise<void>
  /** Ends the call in any state: CANCEL while it rings out, decline while it rings in, BYE while talking. */
  hangUp(): Promise<void>
  mute(on: boolean): Promise<void>
  hold(on: boolean): Promise<void>
  /** Takes the other call in hand, or the one on that line; this one waits on hold. */
  swap(line?: number): Promise<void>
  /** A conference of the call in hand and the one beside it; or apart again, and the other waits. */
  merge(on: boolean): Promise<void>
  /** Blind: the call in hand goes to them once they have answered; until then it goes on. `busy`: it was not taken. */
  transfer(target: string): Promise<DialOutcome>
  /** Nobody new after all. */
  stopTransfer(): Promise<void>
  /** Attended: whom the call in hand talks to is given to the one that waits. False: it was not taken. */
  complete(): Promise<boolean>
  /** One of 0-9 * # A-D: RFC 4733, or INFO where the call's carrier wants it. */
  sendDigit(digit: string): Promise<void>
  /** PHONE-11. */
  record(action: RecordingAction): Promise<void>
  /** PHONE-9: takes up the call that is offered back. False: it is over. */
  rejoin(): Promise<boolean>
  /** Ends it instead. */
  leave(): Promise<void>
  /** Puts the receipt of an ended call away. */
  clear(): void
  /** Measured now, for tests and the quality line. Null without a media connection. */
  stats(): Promise<MediaStats | null>
}

/** Whom the call is with, and until when (epoch ms) it waits. */
export type RejoinOffer = Pick<PhoneCall, 'id' | 'number' | 'name'> & { until: number }

/** `at`: when it came, epoch ms of this device. */
export type PhoneMessage = { id: string; from: string; text: string; at: number }

export type MonitoredBy = { name: string; mode: MonitorMode }

export type LineState = 'off' | 'connecting' | 'registered' | 'reconnecting' | 'lost'
export type LineProblem = 'unreachable' | 'refused' | 'signed-out'

export type MicrophoneState = 'unknown' | 'ready' | 'missing' | 'denied'

export type PhoneIdentity = {
  /** User part of the AOR: the username. */
  username: string
  /** `me.sipDomain`. */
  domain: string
  displayName: string
}

/** `beside`: a second call; the one in hand is put on hold first. */
export type DialOptions = { leaseId?: string; name?: string; beside?: boolean }
/**
 * PHONE-3, 4. `lines`: how many calls at once, 1 to 10; with one, nobody waits. `autoAnswer`: seconds after which what rings is
 * answered by itself, 0 to 5; null: by hand.
 */
export type PhoneHabits = { lines: number; autoAnswer: number | null }
/** PHONE-4. `to`: as it was dialled. */
export type TransferNow = { to: string; state: 'asking' | 'ringing' | 'done' | 'failed' | 'stopped' }
/** `no-line`: not registered now. `busy`: a call is in hand already. Nothing was sent in either case. */
export type DialOutcome = { dialled: true } | { dialled: false; why: 'no-line' | 'busy' | 'invalid' }

/**
 *   dial ──▶ ringing-out ──200──▶ talking ⇄ held ──BYE──▶ ended
 *   INVITE ▶ ringing-in ──answer─▶ talking
 *            ringing-* ──CANCEL, decline, refusal, time-out──▶ ended
 */
export type CallState = 'ringing-out' | 'ringing-in' | 'talking' | 'held' | 'ended'

export type PhoneCall = {
  /** The CallRoom's id (X-Switchroom-Call); null until the edge has told it. */
  id: string | null
  /** Which line of this telephone it is on, from 1. */
  line: number
  direction: 'outgoing' | 'incoming'
  state: CallState
  /** As dialled, or who calls: E.164, extension or username. */
  number: string
  name: string | null
  /** Who transferred it to us, by name; null: nobody. */
  from: string | null
  /** The number the caller dialled, when it rings in under one (SIP's To); null when it is only us. */
  dialled: string | null
  /** Epoch ms of this device: when the present state began, was answered, ended. */
  since: number
  answeredAt: number | null
  endedAt: number | null
  /** What SIP said (rfc 3261 §21, shared/domain/call); null while the call lives. */
  cause: HangupCause | null
  sipStatus: number | null
  /** The edge's own reason for not placing it, e.g. `do-not-call`; null: none was given. */
  refusal: RefusalCode | null
  endedBy: 'here' | 'there' | 'network' | null
  /** It went on without us: who ordered that, and who has it now; null: nobody did. */
  movedBy: { by: string; to: string } | null
  isMuted: boolean
  /** The other end was told to ring (180). */
  hasRung: boolean
  /** The far side put us on hold. */
  isHeldByOther: boolean
  /** `poolId:entryId:token` the call was placed for. */
  leaseId: string | null
  /** No microphone was granted or found: the other side hears silence, and the panel says so. */
  isWithoutMicrophone: boolean
  /** Sound flows or has flown: false until the first packet came in. */
  hasMedia: boolean
  /** How keys are told to the other side: `info` where the edge says that its carrier wants it so. */
  keysBy: 'rfc4733' | 'info'
  /** PHONE-8: nothing comes from the other side just now though it should; it is being mended. */
  isInterrupted: boolean
}

/** Why a call ended, in the words of the screen: a closed list. */
export type HangupCause =
  | 'normal'
  | 'cancelled'
  | 'busy'
  | 'no-answer'
  | 'rejected'
  | 'unreachable'
  | 'invalid-number'
  | 'answered-elsewhere'
  | 'not-allowed'
  | 'media-failed'
  | 'failed'

/** All that a screen shows of the telephone: one value, so that other tabs get the same in one message. */
export type PhoneState = {
  line: LineState
  lineProblem: LineProblem | null
  lineSince: number
  call: PhoneCall | null
  others: readonly PhoneCall[]
  habits: PhoneHabits
  answersAt: number | null
  transferNow: TransferNow | null
  isConference: boolean
  monitoredBy: MonitoredBy | null
  rejoinOffer: RejoinOffer | null
  lastDialled: string | null
  quality: QualityNow | null
  microphone: MicrophoneState
  /** SIP-5: what a colleague sent last. */
  message?: PhoneMessage
}

/** What the owning tab drives: SIP and media behind the state. Kept by `sip-phone.ts`. */
export interface PhoneEngine extends Omit<
  Phone,
  'start' | 'isOwner' | 'stopTransfer' | 'recording' | 'record' | keyof PhoneState
> {
  readonly state: PhoneState
  start(): Promise<void>
  /** The page goes: who rings is told, who talks is kept for the page that comes (PHONE-9). */
  depart(): void
  /** How loud the other side is at this moment, 0…1. */
  level(): number
}

export const DEFAULT_HABITS: PhoneHabits = { lines: 2, autoAnswer: null }

export const initialState = (now: number, habits = DEFAULT_HABITS): PhoneState => ({
  line: 'off',
  lineProblem: null,
  lineSince: now,
  call: null,
  others: [],
  habits,
  answersAt: null,
  transferNow: null,
  isConference: false,
  monitoredBy: null,
  rejoinOffer: null,
  lastDialled: null,
  quality: null,
  microphone: 'unknown',
})

export type MediaStats = {
  packetsSent: number
  packetsReceived: number
  packetsLost: number
  /** Seconds; null until measured. */
  jitter: number | null
  roundTrip: number | null
  /** Seconds of playout delay of the last second; null until measured. */
  bufferDelay: number | null
  /** RTCInboundRtpStreamStats and RTCAudioSourceStats: what was heard, what the microphone gave. */
  energyReceived: number
  energySent: number
  /** How many times in a row something was lost and made up for; and the codec as getStats names it. Where the browser tells. */
  gaps?: number
  codec?: string
  connection: RTCPeerConnectionState
}
