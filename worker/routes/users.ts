import * as z from 'zod'
import { uuidv7 } from 'uuidv7'
import { may } from '#shared/domain/access/table'
import { id } from '#shared/protocol/common'
import { newUser, user, userCreated, userPatch, type Role } from '#shared/protocol/users'
import { audited } from '../auth/audit'
import { generatePassword, hashPassword, isTooWeak } from '../auth/password'
import { pushProfiles } from '../auth/profiles'
import { forgetSessionsOf } from '../auth/session-check'
import {
  insertUser,
  listUsers,
  nextExtension,
  updateAdministrator,
  updateUser,
  userById,
  userByName,
  userOf,
} from '../db/users'
import { RefusalError } from '../refusals'
import { agentRoom, floorRoom } from '../rooms/doors'
import { MAIN_TEAM } from '../rooms/ports'
import { body, endpoint, json, router } from './endpoint'

export const users = router()
const params = z.object({ userId: id })
const one = { params }

endpoint(
  users,
  'user.list',
  {
    method: 'get',
    path: '/users',
    tags: ['users'],
    summary: 'Everyone who can sign in',
    responses: { 200: json(z.object({ items: z.array(user), nextCursor: z.null() }), 'By name') },
  },
  async (c) => c.json({ items: (await listUsers(c.env.DB)).map(userOf), nextCursor: null }, 200),
)

endpoint(
  users,
  'user.list',
  {
    method: 'get',
    path: '/users/{userId}',
    tags: ['users'],
    summary: 'One user',
    request: one,
    responses: { 200: json(user, 'The user') },
  },
  async (c) => {
    const row = await userById(c.env.DB, c.req.valid('param').userId)
    if (!row) throw new RefusalError('not-found')
    return c.json(userOf(row), 200)
  },
)

/** AUTH-2: a generated password is answered once and must be changed at first sign-in. Refuses username-taken, password-too-weak. */
endpoint(
  users,
  'user.create',
  {
    method: 'post',
    path: '/users',
    tags: ['users'],
    summary: 'Create a user',
    request: body(newUser),
    responses: { 201: json(userCreated, 'Created; `password` only when it was generated, and only here') },
  },
  async (c) => {
    const { username, name, role, extension, password: chosen, mustChangePassword = true } = c.req.valid('json')
    if (chosen !== undefined && isTooWeak(chosen, username)) throw new RefusalError('password-too-weak')
    const password = chosen ?? generatePassword()
    const row = {
      id: uuidv7(),
      username,
      name,
      role,
      passwordHash: await hashPassword(password, c.env.PASSWORD_PEPPER),
      mustChangePassword,
      createdAt: Date.now(),
    }
    // two made at once may want the same free extension: the second takes the next
    for (let tries = 0; ; tries++) {
      if (await insertUser(c.env.DB, { ...row, extension: extension ?? (await nextExtension(c.env.DB)) })) break
      if (await userByName(c.env.DB, username)) throw new RefusalError('username-taken')
      if (extension !== undefined || tries === 5)
        throw new RefusalError('conflict', 'That extension is taken.', [{ field: 'extension', message: 'taken' }])
    }
    await audited(c, 'user.create', row.id, { role })
    await pushProfiles(c.env, [row.id])
    const made = (await userById(c.env.DB, row.id))!
    c.header('cache-control', 'no-store')
    return c.json({ ...userOf(made), ...(chosen === undefined ? { password } : {}) }, 201)
  },
)

/**
 * Disabling signs the person out everywhere at once and frees the lease in hand; a live call may finish.
 * Refuses not-found, conflict (extension taken), last-administrator.
 */
endpoint(
  users,
  'user.change',
  {
    method: 'patch',
    path: '/users/{userId}',
    tags: ['users'],
    summary: 'Change a user, or switch the account off or on',
    request: { ...one, ...body(userPatch) },
    responses: { 200: json(user, 'As it is now') },
  },
  async (c) => {
    const { userId } = c.req.valid('param')
    const { disabled, ...fields } = c.req.valid('json')
    const before = await userById(c.env.DB, userId)
    if (!before) throw new RefusalError('not-found')
    const disabledAt = disabled === undefined ? before.disabledAt : disabled ? (before.disabledAt ?? Date.now()) : null
    const change = { ...fields, disabledAt }
    const wasActing = before.role === 'administrator' && before.disabledAt === null
    const staysActing = (fields.role ?? before.role) === 'administrator' && disabledAt === null
    if (
      fields.extension &&
      fields.extension !== before.extension &&
      (await isExtensionTaken(c.env.DB, fields.extension))
    ) {
      throw new RefusalError('conflict', 'That extension is taken.', [{ field: 'extension', message: 'taken' }])
    }
    const after = await (wasActing && !staysActing ? updateAdministrator : updateUser)(c.env.DB, userId, change)
    if (!after) throw new RefusalError('last-administrator')
    await pushProfiles(c.env, [userId])
    if (disabledAt !== null && before.disabledAt === null)
      await agentRoom(c.env, userId).closeAllSessions('account-disabled')
    // AUTH-1: who may no longer see the floor stops hearing it now, not at the next reconnect
    if (!may(after.role as Role, 'floor.read')) await floorRoom(c.env, MAIN_TEAM).dropUser(userId, 'not-permitted')
    forgetSessionsOf(userId)
    await audited(c, 'user.change', userId, { fields: Object.keys(c.req.valid('json')), disabled })
    return c.json(userOf(after), 200)
  },
)

/** AUTH-4: a forgotten password. The old one stops at once, every session ends. */
endpoint(
  users,
  'user.password.reset',
  {
    method: 'post',
    path: '/users/{userId}/password',
    tags: ['users'],
    summary: 'Generate a new password, shown once',
    request: one,
    responses: { 200: json(z.object({ password: z.string() }), 'Must be changed at the next sign-in') },
  },
  async (c) => {
    const { userId } = c.req.valid('param')
    const password = generatePassword()
    const passwordHash = await hashPassword(password, c.env.PASSWORD_PEPPER)
    if (!(await updateUser(c.env.DB, userId, { passwordHash, mustChangePassword: true })))
      throw new RefusalError('not-found')
    await pushProfiles(c.env, [userId])
    await agentRoom(c.env, userId).closeAllSessions('session-revoked')
    forgetSessionsOf(userId)
    await audited(c, 'user.password.reset', userId)
    c.header('cache-control', 'no-store')
    return c.json({ password }, 200)
  },
)

const isExtensionTaken = async (db: D1Database, extension: string) =>
  (await listUsers(db)).some((row) => row.extension === extension)
