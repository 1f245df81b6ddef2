const below = (name, from, to) => ({
  name,
  severity: 'error',
  comment: 'Arrows run downward only: docs/architecture.md.',
  from: { path: from },
  to: { path: to },
})
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
    below(
      'only-api-knows-http',
      '^src/(core|db|jobs|drivers|platforms|media|net)/',
      '(^|node_modules/)(@fastify/|fastify/)|^src/api/',
    ),
    below('core-knows-drivers-by-contract', '^src/core/', '^src/(drivers/(?!contract\\.ts)|api|cli|config|demo)'),
    below('drivers-stay-low', '^src/drivers/', '^src/(core|api|cli|demo)'),
    below('platforms-are-data', '^src/platforms/', '^src/(?!platforms/)'),
    below('net-is-a-leaf', '^src/net/', '^src/(?!net/|lib/)'),
    below('media-stands-on-net', '^src/media/', '^src/(?!media/|net/|lib/|platforms/)'),
    below('db-is-a-leaf', '^src/db/', '^src/(?!db/|lib/)'),
    below('jobs-know-definitions', '^src/jobs/', '^src/(?!jobs/|db/|lib/)'),
    below('lib-is-a-leaf', '^src/lib/', '^src/(?!lib/)'),
    below('product-does-not-know-tests', '^src/', '^(test|bench)/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
}
