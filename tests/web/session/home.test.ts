import { expect, it } from 'vitest'
import { homeOf, safeNext } from '../../../web/src/lib/session/home'

it('[AUTH-1] opens each role’s own page after sign-in', () => {
  expect([homeOf('agent'), homeOf('supervisor'), homeOf('administrator')]).toEqual(['/desk', '/floor', '/pools'])
})

it('[AUTH-6] goes on to a page of this app, never to another site', () => {
  expect(safeNext('/pools/1?x=2')).toBe('/pools/1?x=2')
  for (const bad of [
    null,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/sign-in',
  ])
    expect(safeNext(bad), String(bad)).toBeNull()
})
