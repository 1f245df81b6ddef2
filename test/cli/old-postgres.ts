import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

const message = (kind: string, ...parts: (string | Buffer)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(kind), length, body])
}
const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
const int32 = (value: number) => Buffer.from([0, 0, value >> 8, value & 255])

/** Enough of Postgres's protocol to tell its version, for no server that old can be installed beside the others. */
export async function startOldPostgres(version: string): Promise<{ port: number; stop: () => void }> {
  const row = Buffer.from(version)
  const column = [int32(0), int16(0), int32(25), int16(65_535), Buffer.from([255, 255, 255, 255]), int16(0)]
  const ready = message('Z', Buffer.from('I'))
  const server = createServer((socket) => {
    let begun = false
    socket.on('error', () => socket.destroy())
    socket.on('data', (asked) => {
      if (!begun) {
        begun = true
        socket.write(Buffer.concat([message('R', int32(0)), message('S', 'server_version', version), ready]))
      } else if (asked.toString('latin1', 0, 1) === 'Q') {
        const columns = message('T', int16(1), 'version', ...column)
        socket.write(Buffer.concat([columns, message('D', int16(1), int32(row.length), row), message('C', 'SELECT 1'), ready]))
      } else socket.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}
