// Makes web/static/demo/voice.wav: what the demo telephone says when it answers by itself. Needs espeak-ng and sox
// (Debian); run once, the file is committed. 8 kHz, 16 bit, one channel: what a telephone line carries, and what every
// browser decodes.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SENTENCES = ['Hello, this is the demo telephone.', 'I can hear you well.', 'Please go on, I am listening.']
const LARGEST = 120_000
const target = fileURLToPath(new URL('../web/static/demo/voice.wav', import.meta.url))

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (done.status !== 0) throw new Error(`${command} ended with ${done.status ?? done.error?.message}`)
}

const folder = mkdtempSync(path.join(tmpdir(), 'voice-'))
const parts = SENTENCES.map((sentence, i) => {
  const raw = path.join(folder, `${i}.wav`)
  const part = path.join(folder, `${i}-part.wav`)
  run('espeak-ng', '-v', 'en-gb+f3', '-s', '155', '-p', '42', '-w', raw, sentence)
  // The band of a telephone, silence trimmed from both ends, a breath after each sentence.
  const trim = ['silence', '1', '0.02', '0.5%', 'reverse', 'silence', '1', '0.02', '0.5%', 'reverse']
  run(
    'sox',
    '-R',
    raw,
    '-r',
    '8000',
    '-b',
    '16',
    '-c',
    '1',
    part,
    ...trim,
    'highpass',
    '200',
    'lowpass',
    '3600',
    'norm',
    '-4',
    'pad',
    '0',
    '0.45',
  )
  return part
})
mkdirSync(path.dirname(target), { recursive: true })
run('sox', '-R', ...parts, target)
rmSync(folder, { recursive: true })
const { size } = statSync(target)
if (size > LARGEST) throw new Error(`${size} bytes are more than ${LARGEST}`)
console.log(`${target}: ${size} bytes`)
