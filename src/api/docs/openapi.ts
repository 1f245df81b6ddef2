import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import { decorate } from './decorate.ts'

const tags = [
  { name: 'Farm profiles', description: 'Profiles and their lifecycle: setup, warm-up, edits, pacing.' },
  { name: 'Posts', description: 'Videos and slideshows, from acceptance to publication.' },
  { name: 'Accounts', description: 'The same profiles, edited under the platforms’ rules.' },
  { name: 'Bundles', description: 'Work orders: an account set up by a manager, and videos.' },
  { name: 'Edit requests', description: 'Paid changes to a delivered account, done by its manager.' },
  { name: 'Credits', description: 'The cost of managed work: a ledger, and its balance.' },
  { name: 'Work', description: 'The managers’ queue. Requires a manager’s key.' },
  { name: 'Phones', description: 'The devices that host profiles.' },
  { name: 'Tasks', description: 'All tasks.' },
  { name: 'Media', description: 'Uploading media, and checking it before posting.' },
  { name: 'Events', description: 'Everything that happened, in one order, as a list and as a stream.' },
  { name: 'Webhooks', description: 'Endpoints that receive events, signed, and the delivery log.' },
  { name: 'Audit', description: 'Who changed what.' },
  { name: 'Team', description: 'Warm-up policy and pacing.' },
  { name: 'API keys', description: 'Keys and their scopes.' },
  { name: 'Sandbox', description: 'Faults of the built-in stand-in platform, to test your own code against.' },
  { name: 'Health', description: 'For load balancers and the person on call.' },
]

const description = `Croft sets up, maintains, edits and publishes from social profiles that belong to their owners.
Every response has \`X-Request-Id\`. Errors are \`{"error": {"code", "message"}, "request_id"}\`; \`docs/errors.md\` lists the codes.
Every write accepts \`Idempotency-Key\` and \`X-Dry-Run: true\`. \`/v1/farm_profiles\` is an alias of \`/v1/farm-profiles\`.`

/** A server that holds the same routes without their handlers, their document, and the pages that show it. */
export async function buildReference(routes: readonly RouteOptions[], version: string): Promise<FastifyInstance> {
  const app = Fastify()
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => JSON.stringify)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Croft', version, description, license: { name: 'Apache-2.0' } },
      servers: [{ url: '/' }],
      tags,
      components: {
        securitySchemes: {
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          bearer: { type: 'http', scheme: 'bearer' },
        },
      },
    },
    transformObject: (documents) => ('openapiObject' in documents ? decorate(documents.openapiObject) : documents.swaggerObject),
  })
  for (const { method, url, schema = {}, exposeHeadRoute = true } of routes)
    app.route({ method, url, schema, exposeHeadRoute, handler: () => null })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { docExpansion: 'list', deepLinking: true, defaultModelsExpandDepth: -1 },
    theme: { title: 'Croft: reference', css: [{ filename: 'croft.css', content: '.topbar { display: none }' }] },
  })
  await app.ready()
  return app
}
