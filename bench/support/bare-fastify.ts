import Fastify from 'fastify'
import { connect } from '../../src/db/connect.ts'
import type { Connection } from '../../src/db/connect.ts'

/**
 * What a GET costs at least: Fastify, one named statement, the row as JSON. A process of its own, as Croft is.
 * argv: the connection as JSON, the port.
 */
const [connection = '', port = ''] = process.argv.slice(2)
const { pool } = connect(JSON.parse(connection) as Connection, { name: 'bench', max: 20, onError: () => undefined })
const app = Fastify()
app.get<{ Params: { id: string } }>('/v1/farm-profiles/:id', async (request, reply) => {
  const { rows } = await pool.query<Record<string, unknown>>({
    name: 'profile',
    text: 'select * from profiles where id = $1',
    values: [request.params.id],
  })
  if (!rows[0]) return reply.code(404).send()
  return rows[0]
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
process.once('SIGTERM', () => process.exit())
