import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '../support/house'
import { PostgresWire } from './postgres-wire'

export type Peer = { url: string; stop: () => Promise<void> }

/**
 * What most call centres stand on: tables in PostgreSQL, pulled by `FOR UPDATE SKIP LOCKED` behind a thin Node server
 * (pool-peer-server.ts says what it does and what not). Durable before it answers: `fsync` and `synchronous_commit` are on, as
 * they are by default. Null: not installed.
 */
export async function startPeer(entries: number): Promise<Peer | null> {
  const bin = binaries()
  if (!bin) return null
  const folder = mkdtempSync(path.join(tmpdir(), 'switchroom-postgres-'))
  const as = userOf()
  if (as) chownSync(folder, as.uid, as.gid)
  const data = path.join(folder, 'data')
  execFileSync(path.join(bin, 'initdb'), ['-A', 'trust', '-U', 'bench', '-D', data], {
    stdio: 'ignore',
    cwd: folder,
    ...as,
  })
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-k', folder, '-h', '', '-c', 'synchronous_commit=on'],
    {
      stdio: 'ignore',
      cwd: folder,
      ...as,
    },
  )
  const socket = path.join(folder, '.s.PGSQL.5432')
  const wire = await connected(socket)
  await wire.query(
    `${TABLES}; INSERT INTO entry (phone, name) SELECT '+905' || (300000000 + n), 'Customer ' || n FROM generate_series(1, ${entries}) n; ANALYZE`,
  )
  wire.close()
  const port = await freePort()
  const node = spawn(process.execPath, ['--import', 'tsx', 'tests/bench/pool-peer-server.ts', socket, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve, reject) => {
    node.stdout.once('data', resolve)
    node.once('exit', (code) => reject(new Error(`the thin server ended with ${code}`)))
  })
  const ended = (child: typeof server) => new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      const both = Promise.all([ended(node as unknown as typeof server), ended(server)])
      node.kill('SIGTERM')
      server.kill('SIGINT') // fast shutdown
      await both
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const TABLES = `
  CREATE TABLE entry (id bigserial PRIMARY KEY, phone text UNIQUE, name text, priority int NOT NULL DEFAULT 0, state text NOT NULL DEFAULT 'pending',
    attempts int NOT NULL DEFAULT 0, token int NOT NULL DEFAULT 0, holder text, expires_at timestamptz);
  CREATE INDEX entry_order ON entry (priority DESC, id) WHERE state = 'pending';
  CREATE INDEX entry_holder ON entry (holder) WHERE holder IS NOT NULL;
  CREATE TABLE lease_grant (id uuid PRIMARY KEY, entry_id bigint NOT NULL, token int NOT NULL, agent text NOT NULL, at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE attempt (id uuid PRIMARY KEY, entry_id bigint NOT NULL, token int NOT NULL, agent text NOT NULL, disposition text NOT NULL,
    at timestamptz NOT NULL DEFAULT now())`

function binaries(): string | null {
  const installed = '/usr/lib/postgresql'
  if (!existsSync(installed)) return null
  const newest = readdirSync(installed).sort((a, b) => Number(b) - Number(a))[0]
  const bin = path.join(installed, newest ?? '', 'bin')
  return existsSync(path.join(bin, 'initdb')) ? bin : null
}

/** PostgreSQL refuses to run as root: then as the user its package made. */
function userOf(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function connected(socket: string): Promise<PostgresWire> {
  for (let tries = 0; ; tries += 1) {
    try {
      if (existsSync(socket)) return await PostgresWire.open(socket, 'bench')
    } catch (fault) {
      if (tries > 100) throw fault
    }
    if (tries > 100) throw new Error('PostgreSQL did not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
