import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that a system gives to whoever asks for any (Linux: from 32,768 on), so that nobody is given it meanwhile. */
const [from, below] = [20_000, 32_000]

/** A port of the loopback that nobody has, for a process that must be told its own. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(from, below)
    const server = createServer()
    const listens = await once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false,
    )
    if (!listens) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
