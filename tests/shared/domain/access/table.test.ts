import { describe, expect, it } from 'vitest'
import { ACTIONS, may, OPEN_BEFORE_PASSWORD_CHANGE, permissionsOf, type Action } from '#shared/domain/access/table'

const all = Object.keys(ACTIONS) as Action[]

describe('[AUTH-1] the permission table', () => {
  it('what an agent may, a supervisor may; what a supervisor may, an administrator may', () => {
    for (const action of all) {
      if (may('agent', action)) expect(may('supervisor', action), action).toBe(true)
      if (may('supervisor', action)) expect(may('administrator', action), action).toBe(true)
    }
  })

  it('a guest may only sign in, see that the house stands, be the demo’s telephone, and show a ticket for a socket', () => {
    const open = ['session.open', 'system.read', 'demo.telephone', 'phone.connect', 'live.connect']
    expect(all.filter((action) => may('guest', action)).sort()).toEqual(open.sort())
  })

  it('tells a role its actions', () => {
    expect(permissionsOf('agent')).toContain('pull')
    expect(permissionsOf('agent')).not.toContain('floor.read')
    expect(permissionsOf('administrator').length).toBe(all.length)
  })

  it('[AUTH-2] with a generated password nobody works', () => {
    for (const action of [
      'pull',
      'command',
      'me.work',
      'me.state',
      'phone.register',
      'user.list',
      'floor.read',
    ] as Action[]) {
      expect(OPEN_BEFORE_PASSWORD_CHANGE.has(action), action).toBe(false)
    }
  })
})
