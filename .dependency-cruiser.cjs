// Each folder of src, and the folders that it may import from.
const leaves = ['lib', 'config', 'platforms']
const ground = [...leaves, 'db', 'net', 'media', 'drivers']
const below = {
  lib: [],
  platforms: [],
  config: ['lib'],
  net: ['lib'],
  db: ['lib'],
  media: ['lib', 'net', 'platforms'],
  drivers: ['lib', 'net', 'db', 'media', 'platforms'],
  kernel: ground,
  engine: [...ground, 'kernel'],
  people: [...ground, 'kernel'],
  domain: [...ground, 'kernel', 'engine', 'people'],
  api: [...ground, 'kernel', 'engine', 'people', 'domain'],
  app: [...ground, 'kernel', 'engine', 'people', 'domain', 'api'],
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'nothing-unreachable',
      severity: 'error',
      comment: 'Code that no command reaches is deleted.',
      from: { path: '^src/cli/main\\.ts$' },
      to: { path: '^src/', reachable: false },
    },
    {
      name: 'no-folder-cycle',
      severity: 'error',
      scope: 'folder',
      comment: 'Of two folders one is below the other.',
      from: { path: '^src/' },
      to: { circular: true },
    },
    ...Object.entries(below).map(([folder, allowed]) => ({
      name: `${folder}-stands-on-what-is-below`,
      severity: 'error',
      comment: 'Arrows point downward only: docs/architecture.md.',
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(?!(${[folder, ...allowed].join('|')})/)` },
    })),
    {
      name: 'drivers-by-contract',
      severity: 'error',
      comment: 'Only src/app knows which drivers there are.',
      from: { path: '^src/(kernel|engine|people|domain)/' },
      to: { path: '^src/drivers/(?!contract\\.ts)' },
    },
    {
      name: 'only-api-knows-http',
      severity: 'error',
      comment: 'The same verb serves HTTP, the command line and tests.',
      from: { path: '^src/(?!api/|app/)' },
      to: { path: '(^|node_modules/)(@fastify/|fastify/)' },
    },
    { name: 'product-does-not-know-tests', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench)/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
}
