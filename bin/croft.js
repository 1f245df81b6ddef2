#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Croft needs Node 24 or later; this is ${process.version}. In a checkout, run it through npm: npm run croft -- COMMAND`,
  )
  process.exit(1)
}
await import('../src/cli/main.ts')
