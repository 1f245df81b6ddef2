import plugin from 'fastify-plugin'

/** A connection that was answered while the server closes is idle only now, and would be kept alive. */
export const closeConnections = plugin((app, _, done) => {
  let closing = false
  app.addHook('preClose', (next) => {
    closing = true
    next()
  })
  app.addHook('onResponse', (_request, reply, next) => {
    if (closing) reply.raw.socket?.end()
    next()
  })
  done()
})
