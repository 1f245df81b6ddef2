import { runSuite } from './suite.ts'

/** `npm test`, or `npm test -- FILES` for some: on the embedded database, or the server in TEST_DATABASE_URL. */
process.exitCode = await runSuite(process.argv.slice(2), process.env)
