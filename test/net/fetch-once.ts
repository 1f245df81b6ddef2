import { createGuard } from '../../src/net/index.ts'

// Run as a process of its own: Node reads NODE_EXTRA_CA_CERTS at its start alone.
const guard = createGuard({ allowPrivateNetwork: true })
const answer = await guard.fetch(process.argv[2] ?? '', { firstByteMs: 10_000, totalMs: 20_000 })
process.stdout.write(await answer.text())
await guard.close()
