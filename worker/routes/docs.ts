import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppContext } from './endpoint'

/** Swagger UI, served by ourselves: no third-party origin (AUTH-6). `scripts/copy-docs.mjs` puts its files there. */
const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Switchroom API</title><link rel="stylesheet" href="/api-docs/swagger-ui.css"></head>
<body><div id="docs"></div><script src="/api-docs/swagger-ui-bundle.js"></script><script src="/api-docs/start.js"></script></body></html>`

/** The document is made of the routes themselves: it cannot drift from them. */
export function docs(app: OpenAPIHono<AppContext>): void {
  app.get('/api/openapi.json', (c) =>
    c.json(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Switchroom',
          version: '1',
          description:
            'Pools, pulls, commands, imports, people and live events. Errors are RFC 9457 problem details with a closed `code`.',
        },
        servers: [{ url: '/' }],
      }),
    ),
  )
  app.get('/api/docs', (c) => c.html(PAGE))
}
