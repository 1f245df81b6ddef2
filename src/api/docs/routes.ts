import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'

const hidden = { schema: { hide: true } }
/** What the connection itself says. */
const ofConnection = ['connection', 'date', 'keep-alive', 'transfer-encoding']

/**
 * `GET /openapi.json` and `GET /docs`, which loads nothing from elsewhere. Register them before the routes that they
 * describe. The document is generated, and its libraries are loaded, at the first request for it.
 */
export function docsRoutes(app: FastifyInstance, version: string): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    // Fastify adds a HEAD route for each GET.
    if (route.method !== 'HEAD' && !(route.schema as { hide?: boolean } | undefined)?.hide) routes.push(route)
  })
  let reference: Promise<FastifyInstance> | null = null
  const open = () => (reference ??= import('./openapi.ts').then(({ buildReference }) => buildReference(routes, version)))
  app.addHook('onClose', async () => {
    if (reference) await (await reference).close()
  })
  app.get('/openapi.json', hidden, async () => (await open()).swagger())
  const page = async (request: FastifyRequest, reply: FastifyReply) => {
    const { method, headers, url } = request
    const answer = await (await open()).inject({ method: method as 'GET' | 'HEAD', headers, url })
    if (answer.statusCode === 404) {
      reply.callNotFound()
      return reply
    }
    for (const [name, value] of Object.entries(answer.headers))
      if (value !== undefined && !ofConnection.includes(name)) reply.header(name, value)
    return reply.status(answer.statusCode).send(answer.rawPayload)
  }
  app.get('/docs', hidden, page)
  app.get('/docs/*', hidden, page)
}
