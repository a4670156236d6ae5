import type { Colour, Disposition, Flag, Labels } from './disposition'
import { DEFAULTS } from './rules'

export type PresetName = 'telecalling' | 'simple-panel' | 'contact-ageing'
export type Preset = { maxAttempts: number; dispositions: Disposition[] }

const KEYS = ['Digit1', 'Digit2', 'Digit3', 'Digit4', 'Digit5', 'Digit6', 'Digit7', 'Digit8', 'Digit9', 'Digit0']
const words = (en: string, tr: string, es: string, ar: string): Labels => ({ en, tr, es, ar })

type Kind = { labels: Labels; flags: Flag[]; colour: Colour; delay: number | null; hotkey?: string }

/** POOL-10, the built-in set; the Turkish labels are the ones people already work with. Delays in minutes. */
const KINDS = {
  interested: {
    labels: words('Interested', 'İlgileniyor', 'Interesado', 'مهتم'),
    flags: ['reached', 'human-answered', 'completed', 'positive'],
    colour: 'green',
    delay: null,
  },
  reached: {
    labels: words('Reached', 'Ulaşıldı', 'Contactado', 'تم الوصول'),
    flags: ['reached', 'human-answered', 'completed'],
    colour: 'blue',
    delay: null,
  },
  'not-interested': {
    labels: words('Not interested', 'İlgilenmiyor', 'No interesado', 'غير مهتم'),
    flags: ['reached', 'human-answered', 'completed'],
    colour: 'plain',
    delay: null,
  },
  'call-back': {
    labels: words('Call back', 'Geri Arama', 'Volver a llamar', 'معاودة الاتصال'),
    flags: ['reached', 'human-answered', 'callback'],
    colour: 'yellow',
    delay: null,
  },
  'no-answer': {
    labels: words('No answer', 'Telefonu Açmadı', 'No contesta', 'لم يرد'),
    flags: ['retry'],
    colour: 'plain',
    delay: 60,
  },
  rejected: {
    labels: words('Rejected', 'Meşgule Attı', 'Rechazó la llamada', 'رفض المكالمة'),
    flags: ['retry'],
    colour: 'plain',
    delay: 240,
  },
  busy: {
    labels: words('Busy', 'Meşgul', 'Ocupado', 'مشغول'),
    flags: ['retry'],
    colour: 'plain',
    delay: 15,
  },
  voicemail: {
    labels: words('Voicemail', 'Telesekreter', 'Buzón de voz', 'بريد صوتي'),
    flags: ['retry'],
    colour: 'purple',
    delay: 120,
  },
  'wrong-number': {
    labels: words('Wrong number', 'Yanlış Numara', 'Número equivocado', 'رقم خاطئ'),
    flags: ['wrong-number'],
    colour: 'red',
    delay: null,
  },
  'do-not-call': {
    labels: words('Do not call', 'Aramayın', 'No llamar', 'عدم الاتصال'),
    flags: ['reached', 'do-not-call'],
    colour: 'red',
    delay: null,
  },
  'hung-up': {
    labels: words('Hung up', 'Telefonu Kapattı', 'Colgó', 'أغلق الخط'),
    flags: ['human-answered', 'retry'],
    colour: 'plain',
    delay: 240,
  },
  untouched: {
    labels: words('Untouched', 'Dokunulmadı', 'Sin tocar', 'لم يُتواصل معه'),
    flags: ['retry'],
    colour: 'plain',
    delay: 0,
  },
  'active-services': {
    labels: words('Active services', 'Aktif Hizmetleri Var', 'Servicios activos', 'لديه خدمات فعّالة'),
    flags: ['reached', 'human-answered', 'completed'],
    colour: 'blue',
    delay: null,
  },
} satisfies Record<string, Kind>

/** In the order of their keys: 1, 2, … 9, 0. Do-not-call keeps 0, far from the others. */
function build(codes: (keyof typeof KINDS)[], retryDelay?: number): Disposition[] {
  return codes.map((code, index) => {
    const kind: Kind = KINDS[code]
    return {
      code,
      labels: kind.labels,
      flags: [...kind.flags],
      colour: kind.colour,
      hotkey: code === 'do-not-call' ? 'Digit0' : (KEYS[index] ?? null),
      retryDelayMinutes: kind.delay !== null && retryDelay !== undefined ? retryDelay : kind.delay,
      noteRequired: false,
      callbackTimeRequired: kind.flags.includes('callback'),
      tags: [],
    }
  })
}

export const PRESETS: Record<PresetName, Preset> = {
  telecalling: {
    maxAttempts: DEFAULTS.maxAttempts,
    dispositions: build([
      'interested',
      'reached',
      'not-interested',
      'call-back',
      'no-answer',
      'rejected',
      'busy',
      'voicemail',
      'wrong-number',
      'do-not-call',
    ]),
  },
  /** Four keys, no delay, three tries. */
  'simple-panel': { maxAttempts: 3, dispositions: build(['reached', 'no-answer', 'rejected', 'busy'], 0) },
  'contact-ageing': {
    maxAttempts: DEFAULTS.maxAttempts,
    dispositions: build(['no-answer', 'hung-up', 'untouched', 'interested', 'active-services']),
  },
}
