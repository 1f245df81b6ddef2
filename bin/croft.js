#!/usr/bin/env -S node --max-semi-space-size=8 --expose-gc
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `Croft needs Node 24 or later; this is ${process.version}. In a checkout, run it through npm: npm run croft -- COMMAND`,
  )
  process.exit(1)
}
// Compiled code of the last start, beside the packages: a second start takes less time and memory. Where it cannot be written, nothing is lost.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)))
await import('../src/cli/main.ts')
