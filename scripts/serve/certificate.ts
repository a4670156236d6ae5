import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { generate } from 'selfsigned'
import { lanAddresses } from './settings'

export type Certificate = { key: string; cert: string; ca: string }

const DAY_MS = 24 * 3600_000

/**
 * HTTPS=1: browsers give the microphone only to a secure origin, so a second computer needs a certificate. An authority
 * of this installation is made once (that is what people trust, README says how), and a certificate under it for the
 * names and addresses this machine has now.
 */
export async function certificateFor(stateDir: string): Promise<Certificate> {
  const folder = path.join(stateDir, 'tls')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = await kept(path.join(folder, 'authority.json'), () => makeAuthority())
  const names = ['localhost', hostname(), ...lanAddresses()]
  const leaf = await kept(
    path.join(folder, 'certificate.json'),
    () => makeLeaf(authority, names),
    (found) => found.names?.join() === names.join(),
  )
  return { key: leaf.private, cert: `${leaf.cert.trim()}\n${authority.cert.trim()}\n`, ca: authority.cert }
}

type Made = { private: string; cert: string; names?: string[] }

async function kept(
  file: string,
  make: () => Promise<Made>,
  isGood: (found: Made) => boolean = () => true,
): Promise<Made> {
  if (existsSync(file)) {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Made
    if (isGood(found)) return found
  }
  const made = await make()
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

const lasting = (days: number) => ({
  notBeforeDate: new Date(Date.now() - DAY_MS),
  notAfterDate: new Date(Date.now() + days * DAY_MS),
})

async function makeAuthority(): Promise<Made> {
  const pair = await generate([{ name: 'commonName', value: `Switchroom on ${hostname()}` }], {
    ...lasting(3650),
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return { private: pair.private, cert: pair.cert }
}

/** 397 days: more is refused by browsers. */
async function makeLeaf(authority: Made, names: string[]): Promise<Made> {
  const pair = await generate([{ name: 'commonName', value: 'Switchroom' }], {
    ...lasting(397),
    keySize: 2048,
    algorithm: 'sha256',
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  })
  return { private: pair.private, cert: pair.cert, names }
}
