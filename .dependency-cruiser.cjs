/** The rooms and their arrows: see docs/architecture.md. */
const room = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
});

const PURE = '^src/kernel/|^src/[^/]+/domain/|^src/dex/venues/[^/]+/(layout|math|instructions)(\\.ts$|/)';
const SPEC = '\\.spec\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { path: `^test/|${SPEC}|fast-check|@jest` },
    },
    room('kernel', []),
    room('platform', ['kernel']),
    room('chain', ['kernel', 'platform']),
    room('dex', ['kernel', 'platform', 'chain']),
    room('routing', ['kernel', 'platform', 'chain', 'dex']),
    room('orders', ['kernel', 'platform']),
    room('execution', ['kernel', 'platform', 'chain', 'dex', 'routing', 'orders']),
    room('gateway', ['kernel', 'platform', 'orders']),
    room('audit', ['kernel', 'platform', 'orders']),
    room('health', ['kernel', 'platform']),
    {
      name: 'pure-code-does-no-io',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: {
        path: '@nestjs|typeorm|bullmq|ioredis|node_modules/(pg|ws|pino)/|^src/.*\\.(service|module|controller)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-code-uses-no-node-core',
      severity: 'error',
      from: { path: PURE, pathNot: SPEC },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'typeorm-at-home',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '/persistence/|^src/platform/database/|^src/[^/]+/[^/]+\\.module\\.ts$|^src/chain/paper/',
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/' },
    },
    {
      name: 'bullmq-at-home',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/queue/|\\.processor\\.ts$' },
      to: { path: 'node_modules/(bullmq|@nestjs/bullmq)/' },
    },
    {
      name: 'redis-at-home',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: 'node_modules/ioredis/' },
    },
    {
      name: 'pg-at-home',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/platform/' },
      to: { path: 'node_modules/pg/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
