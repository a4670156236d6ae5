import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { root } from './build/root.mjs'

/** The API's page is Swagger UI, served from our own origin. */
const from = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const to = path.join(root, 'web/build/api-docs')
mkdirSync(to, { recursive: true })
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) copyFileSync(path.join(from, file), path.join(to, file))
writeFileSync(
  path.join(to, 'start.js'),
  "SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#docs', deepLinking: true })\n",
)
