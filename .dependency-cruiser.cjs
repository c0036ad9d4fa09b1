/* The import table of CONTRIBUTING.md, one rule per row. */
const azureSdk = '^node_modules/(@azure/(arm-|identity|service-bus|data-tables|core-|storage-)|@typespec)';
const durable = '^node_modules/durable-functions';
const functionsSdk = '^node_modules/@azure/functions(/|-extensions)';
const nodeBuiltin = { dependencyTypes: ['core'] };

const row = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    row('no-circular', {}, { circular: true }, 'A cycle hides which file depends on which.'),
    row(
      'no-unresolved',
      {},
      { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
      'An import that cannot be found.',
    ),
    row(
      'domain-is-pure',
      { path: '^shared/domain' },
      { pathNot: '^shared/domain' },
      'Domain imports nothing but domain.',
    ),
    row(
      'orchestrators-see-domain-only',
      { path: '^shared/orchestrators', pathNot: '^shared/orchestrators/(steps|contracts)\\.ts$' },
      { pathNot: '^shared/(domain|orchestrators)/', dependencyTypesNot: ['type-only'] },
      'Orchestrators are replayed: they reach the world only through steps.',
    ),
    row(
      'steps-and-contracts-see-durable',
      { path: '^shared/orchestrators/(steps|contracts)\\.ts$' },
      { pathNot: ['^shared/(domain|orchestrators)/', durable] },
      'Only steps.ts makes durable tasks; contracts.ts names retry options.',
    ),
    row(
      'azure-sees-domain-and-sdks',
      { path: '^shared/azure' },
      { path: '^(shared/(orchestrators|activities)|functions|local|cli|test)' },
      'The SDK border knows the domain only.',
    ),
    row(
      'azure-not-functions',
      { path: '^shared/azure' },
      { path: [durable, functionsSdk] },
      'No host types at the SDK border.',
    ),
    row(
      'only-azure-imports-sdks',
      { path: '^(shared/(activities|orchestrators|domain)|shared/[^/]+\\.ts|functions|local)' },
      { path: azureSdk },
      'shared/azure is the only importer of Azure SDKs.',
    ),
    row(
      'activities-see-domain-azure-contracts',
      { path: '^shared/activities' },
      {
        path: '^(functions|local|cli|test|shared/orchestrators)',
        pathNot: '^shared/orchestrators/contracts\\.ts$',
      },
      'Activities know contracts, not orchestrators.',
    ),
    row('activities-not-durable', { path: '^shared/activities' }, { path: durable }, 'Activities are plain functions.'),
    row('functions-not-node', { path: '^functions' }, nodeBuiltin, 'Registrations parse, start and return.'),
    row(
      'functions-not-local',
      { path: '^functions' },
      { path: '^(local|cli|test)' },
      'Nothing of the local stack is deployed.',
    ),
    row(
      'shared-not-local',
      { path: '^shared' },
      { path: '^(local|cli|test|functions)' },
      'Nothing of the local stack is deployed.',
    ),
    row(
      'local-shares-no-code-with-the-app',
      { path: '^local' },
      { path: ['^(functions|shared|cli|test)', durable, functionsSdk] },
      'One mistake in shared code would cancel itself out in the simulator.',
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
