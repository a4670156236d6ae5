import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'

/** D1: what people configure, and the projection of what rooms decided. Migrations are generated from this file. */
export const users = sqliteTable('users', {
  id: text('id').primaryKey(),
  username: text('username').notNull().unique(),
  name: text('name').notNull(),
  role: text('role').notNull(),
  extension: text('extension').unique(),
  passwordHash: text('password_hash').notNull(),
  mustChangePassword: integer('must_change_password', { mode: 'boolean' }).notNull().default(false),
  /** JSON of preferences (language, theme, dialWith…). */
  preferences: text('preferences').notNull().default('{}'),
  disabledAt: integer('disabled_at'),
  createdAt: integer('created_at').notNull(),
  lastSignInAt: integer('last_sign_in_at'),
  version: integer('version').notNull().default(1),
})

/** People who work together (POOL-9). */
export const teams = sqliteTable('teams', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** JSON of user ids. */
  members: text('members').notNull(),
  version: integer('version').notNull(),
  createdAt: integer('created_at').notNull(),
})

/** The pool's settings; the PoolRoom holds a pushed copy and the live order. */
export const pools = sqliteTable('pools', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  country: text('country').notNull(),
  state: text('state').notNull().default('open'),
  /** JSON of shared/protocol/pools `pool`. */
  settings: text('settings').notNull(),
  version: integer('version').notNull(),
  createdAt: integer('created_at').notNull(),
})
export const poolMembers = sqliteTable(
  'pool_members',
  {
    poolId: text('pool_id').notNull(),
    userId: text('user_id').notNull(),
    position: integer('position').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.poolId, table.userId] }), index('pool_members_user').on(table.userId)],
)

/** One per number (CRM-1); the id is a keyed hash of the number, so any pool makes the same one. */
export const customers = sqliteTable(
  'customers',
  {
    id: text('id').primaryKey(),
    name: text('name'),
    phone: text('phone').notNull(),
    phoneGiven: text('phone_given').notNull(),
    userCode: text('user_code'),
    email: text('email'),
    notes: text('notes'),
    language: text('language'),
    timeZone: text('time_zone'),
    tags: text('tags').notNull().default('[]'),
    custom: text('custom').notNull().default('{}'),
    createdAt: integer('created_at').notNull(),
    updatedAt: integer('updated_at').notNull(),
  },
  (table) => [
    index('customers_phone').on(table.phone),
    index('customers_name').on(table.name),
    index('customers_user_code').on(table.userCode),
  ],
)

export const entries = sqliteTable(
  'entries',
  {
    poolId: text('pool_id').notNull(),
    entryId: text('entry_id').notNull(),
    customerId: text('customer_id').notNull(),
    state: text('state').notNull(),
    priority: integer('priority').notNull(),
    attempts: integer('attempts').notNull(),
    ownerId: text('owner_id'),
    dueAt: integer('due_at'),
    lastDisposition: text('last_disposition'),
    /** Attempts since it came in or was last reopened: what the limit counts. */
    tries: integer('tries').notNull().default(0),
    callbackAt: integer('callback_at'),
    callbackFor: text('callback_for'),
    /** JSON: the customer's tags in this pool. */
    tags: text('tags').notNull().default('[]'),
    /** JSON: the imports that had it in their list. */
    lists: text('lists').notNull().default('[]'),
    /** Name, user code and number without case and accents: what a search looks through, and the order by name. */
    search: text('search').notNull().default(''),
    /** The room's journal number that wrote it: an older one never overwrites. */
    seq: integer('seq').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.entryId] }),
    index('entries_customer').on(table.customerId),
    // whose they are: few have somebody
    index('entries_owner')
      .on(table.ownerId)
      .where(sql`${table.ownerId} IS NOT NULL`),
    index('entries_promised')
      .on(table.callbackFor)
      .where(sql`${table.callbackFor} IS NOT NULL`),
    // an entry's id is its arrival number, as text: lists show it in that order
    index('entries_arrival').on(table.poolId, sql`CAST(${table.entryId} AS INTEGER)`),
    index('entries_state').on(table.poolId, table.state, sql`CAST(${table.entryId} AS INTEGER)`),
  ],
)

/** POOL-24: how someone likes to see a pool's entries; shared ones are everyone's to use, their maker's to change. */
export const entryViews = sqliteTable(
  'entry_views',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id').notNull(),
    userId: text('user_id').notNull(),
    userName: text('user_name').notNull(),
    name: text('name').notNull(),
    isShared: integer('is_shared', { mode: 'boolean' }).notNull(),
    /** JSON of shared/protocol/entries `viewed`. */
    shows: text('shows').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('entry_views_pool').on(table.poolId)],
)

export const attempts = sqliteTable(
  'attempts',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id').notNull(),
    entryId: text('entry_id').notNull(),
    customerId: text('customer_id').notNull(),
    customerName: text('customer_name'),
    phone: text('phone').notNull(),
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    at: integer('at').notNull(),
    attempt: integer('attempt').notNull(),
    disposition: text('disposition'),
    flags: text('flags').notNull().default('[]'),
    note: text('note'),
    callId: text('call_id'),
    byHandset: integer('by_handset', { mode: 'boolean' }).notNull(),
    talkMs: integer('talk_ms'),
    late: integer('late', { mode: 'boolean' }).notNull(),
    correctedAt: integer('corrected_at'),
    tags: text('tags').notNull().default('[]'),
    /** JSON of shared/protocol/pool-talk `answer`s. */
    answers: text('answers').notNull().default('[]'),
    /** POOL-20, JSON of shared/protocol/receipt; null: booked before there were any. */
    receipt: text('receipt'),
    seq: integer('seq').notNull(),
  },
  (table) => [
    index('attempts_at').on(table.at, table.id),
    index('attempts_pool').on(table.poolId, table.at),
    index('attempts_agent').on(table.agentId, table.at),
    index('attempts_customer').on(table.customerId, table.at),
  ],
)

export const calls = sqliteTable(
  'calls',
  {
    id: text('id').primaryKey(),
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    other: text('other').notNull(),
    poolId: text('pool_id'),
    entryId: text('entry_id'),
    direction: text('direction').notNull(),
    startedAt: integer('started_at').notNull(),
    answeredAt: integer('answered_at'),
    endedAt: integer('ended_at'),
    talkMs: integer('talk_ms').notNull(),
    hangupCause: text('hangup_cause'),
    sipStatus: integer('sip_status'),
    endedBy: text('ended_by'),
    rev: integer('rev').notNull(),
  },
  (table) => [index('calls_started').on(table.startedAt), index('calls_agent').on(table.agentId, table.startedAt)],
)

/** SIP-2: foreign user agents; `secret` is the digest's H(A1) of a random password. */
export const devices = sqliteTable(
  'devices',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    username: text('username').notNull(),
    secret: text('secret').notNull(),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [index('devices_user').on(table.userId)],
)

/** PHONE-7: what each leg of a call received; the longest report of a phone stays. */
export const callLegs = sqliteTable(
  'call_legs',
  {
    callId: text('call_id').notNull(),
    userId: text('user_id').notNull(),
    mos: real('mos').notNull(),
    worstMos: real('worst_mos').notNull(),
    loss: real('loss').notNull(),
    delayMs: integer('delay_ms').notNull(),
    jitterMs: integer('jitter_ms'),
    seconds: integer('seconds').notNull(),
    codec: text('codec').notNull(),
  },
  (table) => [primaryKey({ columns: [table.callId, table.userId] })],
)

/** PHONE-11: what was recorded of calls, and files attached to attempts. Their sound is in R2, sealed by the key wrapped here. */
export const recordings = sqliteTable(
  'recordings',
  {
    id: text('id').primaryKey(),
    source: text('source').notNull(),
    callId: text('call_id'),
    attemptId: text('attempt_id'),
    agentId: text('agent_id').notNull(),
    agentName: text('agent_name').notNull(),
    other: text('other').notNull(),
    poolId: text('pool_id'),
    direction: text('direction'),
    startedAt: integer('started_at').notNull(),
    endedAt: integer('ended_at'),
    durationMs: integer('duration_ms').notNull(),
    channels: integer('channels').notNull(),
    mimeType: text('mime_type').notNull(),
    bytes: integer('bytes').notNull(),
    /** JSON of domain/recording/pausing `Gap`s. */
    gaps: text('gaps').notNull().default('[]'),
    state: text('state').notNull(),
    isCut: integer('is_cut', { mode: 'boolean' }).notNull().default(false),
    consent: text('consent'),
    fileName: text('file_name'),
    keyVersion: integer('key_version').notNull(),
    wrappedKey: text('wrapped_key').notNull(),
    /** JSON: bytes of sound in each sealed piece, in order; 0: the piece was lost. */
    pieces: text('pieces').notNull().default('[]'),
    /** Of its LedgerRoom: an older one never overwrites. */
    rev: integer('rev').notNull(),
    /** Since when it is held (no days delete it); when its deletion began. */
    heldAt: integer('held_at'),
    deletedAt: integer('deleted_at'),
  },
  (table) => [
    index('recordings_state').on(table.state, table.startedAt, table.id),
    index('recordings_started').on(table.startedAt, table.id),
    index('recordings_agent').on(table.agentId, table.startedAt),
    index('recordings_pool').on(table.poolId, table.startedAt),
    index('recordings_call').on(table.callId),
    index('recordings_attempt').on(table.attemptId),
    index('recordings_key').on(table.keyVersion),
  ],
)

export const imports = sqliteTable(
  'imports',
  {
    id: text('id').primaryKey(),
    poolId: text('pool_id').notNull(),
    fileName: text('file_name').notNull(),
    sha256: text('sha256').notNull(),
    state: text('state').notNull(),
    counts: text('counts').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    createdAt: integer('created_at').notNull(),
    committedAt: integer('committed_at'),
  },
  (table) => [index('imports_pool').on(table.poolId, table.createdAt)],
)

/** POOL-16: who may not be called. `list`: "global", or a pool's id. What an import brought names it instead of who and why. */
export const doNotCallNumbers = sqliteTable(
  'do_not_call_numbers',
  {
    list: text('list').notNull(),
    number: text('number').notNull(),
    at: integer('at').notNull(),
    byId: text('by_id'),
    reason: text('reason'),
    importId: integer('import_id'),
  },
  (table) => [
    primaryKey({ columns: [table.list, table.number] }),
    // people search by the last digits
    index('do_not_call_ending').on(table.list, sql`substr(${table.number}, -4)`),
  ],
)
/** `prefix` without its star: +90850 bars every number that begins so. */
export const doNotCallPrefixes = sqliteTable(
  'do_not_call_prefixes',
  {
    list: text('list').notNull(),
    prefix: text('prefix').notNull(),
    at: integer('at').notNull(),
    byId: text('by_id').notNull(),
    reason: text('reason'),
  },
  (table) => [primaryKey({ columns: [table.list, table.prefix] })],
)
export const doNotCallImports = sqliteTable('do_not_call_imports', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  list: text('list').notNull(),
  fileName: text('file_name').notNull(),
  country: text('country').notNull(),
  reason: text('reason'),
  byId: text('by_id').notNull(),
  createdAt: integer('created_at').notNull(),
  finishedAt: integer('finished_at'),
})
/** A chunk sent again is answered again; the counts of an import are their sums. */
export const doNotCallChunks = sqliteTable(
  'do_not_call_chunks',
  {
    importId: integer('import_id').notNull(),
    n: integer('n').notNull(),
    rows: integer('rows').notNull(),
    added: integer('added').notNull(),
    known: integer('known').notNull(),
    invalid: integer('invalid').notNull(),
    /** JSON: the first rows of it that are no numbers. */
    faults: text('faults').notNull(),
  },
  (table) => [primaryKey({ columns: [table.importId, table.n] })],
)
/** Rises with every change of any list: what a check was made against (decision 0110). One row. */
export const doNotCallVersion = sqliteTable('do_not_call_version', {
  id: integer('id').primaryKey(),
  version: integer('version').notNull(),
})

/** SIP-9: the accounts at SBCs; each TrunkRoom holds a pushed copy of its own. */
export const trunks = sqliteTable('trunks', {
  id: text('id').primaryKey(),
  /** JSON of shared/protocol/trunks `trunkSettings`. */
  settings: text('settings').notNull(),
  /** The password, encrypted (worker/auth/secret-box). */
  secret: text('secret').notNull(),
  version: integer('version').notNull(),
  createdAt: integer('created_at').notNull(),
})

/** Records of the whole deployment, by name; rooms that need one hold a pushed copy. */
export const settings = sqliteTable('settings', {
  name: text('name').primaryKey(),
  /** JSON. */
  body: text('body').notNull(),
  version: integer('version').notNull(),
  updatedAt: integer('updated_at').notNull(),
})

/** DATA-2, begun: who did what to which thing; values of fields, never notes or numbers. */
export const audit = sqliteTable(
  'audit',
  {
    id: text('id').primaryKey(),
    at: integer('at').notNull(),
    actorId: text('actor_id').notNull(),
    action: text('action').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail').notNull().default('{}'),
  },
  (table) => [index('audit_at').on(table.at), index('audit_subject').on(table.subject, table.at)],
)

/** How far each room's journal has been projected; `?after=room:seq` waits for it. */
export const projections = sqliteTable('projections', {
  room: text('room').primaryKey(),
  seq: integer('seq').notNull(),
})

/** One-time links and the like: the first administrator's set-up token (hashed). */
export const setup = sqliteTable(
  'setup',
  {
    id: text('id').primaryKey(),
    tokenHash: text('token_hash').notNull(),
    expiresAt: integer('expires_at').notNull(),
    usedAt: integer('used_at'),
  },
  (table) => [uniqueIndex('setup_token').on(table.tokenHash)],
)
