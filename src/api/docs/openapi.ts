import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

const description = `Croft sets up, keeps, edits and publishes from social profiles that their owners run.

Every answer carries \`X-Request-Id\`. Errors are \`{"error": {"code", "message"}, "request_id"}\`; \`docs/errors.md\` lists the codes.
Every write takes \`Idempotency-Key\` and \`X-Dry-Run: true\`. \`/v1/farm_profiles\` is an alias of \`/v1/farm-profiles\`.`

/** Generates the reference from the routes' own schemas; register it before them. */
export async function openApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Croft', version, description, license: { name: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    },
  })
}

/** `GET /openapi.json` and `GET /docs`, which loads nothing from elsewhere. */
export async function docsRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true } })
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
