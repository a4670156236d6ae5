import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

/** The arrows of the house: web → shared ← worker; domain imports only result and itself; routes → rooms → store. */
const forbid = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
})
const group = (group, message) => ({ group, message })

export default ts.config(
  {
    ignores: [
      '**/node_modules/**',
      '.build/**',
      '.state/**',
      'web/build/**',
      'web/.svelte-kit/**',
      'web/src/lib/paraglide/**',
      '.wrangler/**',
      'test-results/**',
      'playwright-report/**',
      'migrations/**',
    ],
  },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.es2023 } },
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      'no-console': 'error',
      eqeqeq: ['error', 'always'],
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['web/**', 'tests/journeys/**'], languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // a space beside a block is written {' '}: formatting would drop a bare one
      'svelte/no-useless-mustaches': 'off',
      'svelte/no-navigation-without-resolve': 'off',
      'svelte/require-each-key': 'error',
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['scripts/**', 'tests/bench/**', 'worker/log.ts', 'tests/support/**'],
    languageOptions: { globals: { ...globals.node } },
    rules: { 'no-console': 'off' },
  },

  // ---- arrows -------------------------------------------------------------------------------------------------
  forbid(
    ['shared/domain/**'],
    [
      group(
        ['zod', 'hono', 'hono/*', 'idb', 'uuidv7', 'node:*', 'cloudflare:*', 'svelte', 'svelte/*'],
        'the domain is pure',
      ),
      group(
        [
          '#worker/*',
          '#shared/protocol/*',
          '#shared/outbox/*',
          '**/protocol/*',
          '**/outbox/*',
          '**/worker/**',
          '**/web/**',
        ],
        'the domain imports only result and itself',
      ),
    ],
  ),
  {
    files: ['shared/domain/**', 'shared/outbox/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time is given, never read' },
        { object: 'Math', property: 'random', message: 'chance is given, never made' },
        { object: 'crypto', property: 'randomUUID', message: 'ids are given, never made' },
      ],
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval', 'crypto'],
    },
  },
  forbid(
    ['shared/protocol/**', 'shared/outbox/**', 'shared/result.ts'],
    [group(['#worker/*', '**/worker/**', '**/web/**'], 'shared imports neither web nor worker')],
  ),
  forbid(
    ['web/**'],
    [
      group(['#worker/*', '**/worker/**'], 'web never imports worker'),
      group(['sip.js', 'sip.js/*'], 'only lib/phone/sip-*.ts know sip.js'),
    ],
    ['web/src/lib/phone/sip-*.ts', 'web/src/lib/ui/**'],
  ),
  forbid(['web/src/lib/phone/sip-*.ts'], [group(['#worker/*', '**/worker/**'], 'web never imports worker')]),
  forbid(
    ['web/src/lib/ui/**'],
    [
      group(
        [
          '#shared/*',
          '#worker/*',
          '$lib/*',
          '!$lib/ui',
          '!$lib/ui/*',
          '!$lib/paraglide',
          '!$lib/paraglide/*',
          '../desk/*',
          '../phone/*',
          '../offline/*',
          '../api/*',
          '../live/*',
        ],
        'lib/ui imports nothing of ours',
      ),
    ],
  ),
  forbid(
    ['worker/routes/**'],
    [
      group(
        ['../rooms/*-store', '../rooms/**/*-store', 'drizzle-orm', 'drizzle-orm/*', '../journal/*'],
        'routes ask rooms and queries; no SQL, no rules',
      ),
      group(['../../web/**'], 'worker never imports web'),
    ],
  ),
  forbid(
    ['worker/rooms/**'],
    [group(['../routes/*', '**/routes/*', 'hono', 'hono/*'], 'routes → rooms → store, never back')],
  ),
  forbid(
    ['worker/sip/**'],
    [group(['../routes/*', 'hono', 'drizzle-orm', 'sip.js', 'sip.js/*'], 'SIP is ours and pure where it can be')],
  ),
)
