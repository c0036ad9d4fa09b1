/** The workflows and azure.yaml: pinned actions, least rights, no secrets, and names that exist. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { bicepFile, PROJECT } from './bicep';

const step = z.looseObject({ uses: z.string().optional(), run: z.string().optional() });
const job = z.looseObject({
  uses: z.string().optional(),
  permissions: z.record(z.string(), z.string()).optional(),
  environment: z.string().optional(),
  'timeout-minutes': z.number().optional(),
  steps: z.array(step).default([]),
});
const workflow = z.looseObject({ permissions: z.record(z.string(), z.string()), jobs: z.record(z.string(), job) });

const readText = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');

const PATHS = globSync('.github/workflows/*.yml', { cwd: PROJECT }).sort();
const WORKFLOWS = PATHS.map((path) => ({ path, text: readText(path), ...workflow.parse(parse(readText(path))) }));
const JOBS = WORKFLOWS.flatMap(({ path, jobs }) =>
  Object.entries(jobs).map(([name, one]) => ({ name: `${path} ${name}`, ...one })),
);

const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(readText('package.json')));

it('there are workflows to look at', () => {
  expect(PATHS).toEqual(['.github/workflows/check.yml', '.github/workflows/deploy.yml']);
});

it.each(WORKFLOWS)('$path asks for nothing but to read the code, as a whole', ({ permissions }) => {
  expect([{}, { contents: 'read' }]).toContainEqual(permissions);
});

it.each(WORKFLOWS)('$path knows no secrets', ({ text }) => {
  expect(text).not.toMatch(/secrets\.|secrets:/);
});

it.each(JOBS)(
  '$name may get a token only if it signs in, and then from an environment',
  ({ permissions = {}, steps, environment }) => {
    const signsIn = steps.some(({ uses = '' }) => uses.startsWith('azure/login@'));
    expect('id-token' in permissions).toBe(signsIn);
    expect(Object.entries(permissions).filter(([name, level]) => level !== 'read' && name !== 'id-token')).toEqual([]);
    expect(!signsIn || environment !== undefined).toBe(true);
  },
);

it.each(JOBS)('$name uses actions by their major version, and ends some time', ({ uses: called, steps, ...rest }) => {
  const used = steps.flatMap(({ uses }) => uses ?? []);
  expect(used.filter((name) => !/^[\w-]+\/[\w-]+@v\d+$/.test(name))).toEqual([]);
  expect(called === undefined ? rest['timeout-minutes'] : 1).toBeGreaterThan(0);
  if (called !== undefined) expect(existsSync(join(PROJECT, called))).toBe(true);
});

it('every script that a workflow or azd runs exists', () => {
  const texts = [...WORKFLOWS.map(({ text }) => text), readText('azure.yaml')].join('\n');
  const named = [...texts.matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named).toEqual(expect.arrayContaining(['check', 'package']));
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

it('what the deployment takes from its outputs is put out', async () => {
  const taken = WORKFLOWS.flatMap(({ text }) =>
    [...text.matchAll(/jq -r \.(\w+)\.value outputs\.json/g)].map(([, name]) => name),
  );
  expect(taken).toHaveLength(2);
  const { outputs } = await bicepFile('main.bicep');
  expect(taken.filter((name) => !outputs.includes(name ?? ''))).toEqual([]);
});

it('every variable of main.bicepparam without a default is set where parameters are read', () => {
  const wanted = [...readText('infra/main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'\)/g)].map(
    ([, name = '']) => name,
  );
  expect(wanted).toContain('ALLOWED_SCOPES');
  for (const { text } of WORKFLOWS) expect(wanted.filter((name) => !text.includes(`${name}:`))).toEqual([]);
});

it('every variable of main.bicepparam can be set where a workflow deploys, with and without a default', () => {
  const read = readText('infra/main.bicepparam').matchAll(/readEnvironmentVariable\('(\w+)'/g);
  const wanted = [...new Set([...read].map(([, name = '']) => name))];
  expect(wanted).toContain('NODE_VERSION');
  const text = readText('.github/workflows/deploy.yml');
  const times = (name: string): number => text.split(`      ${name}: `).length - 1;
  const jobs = times('AZURE_ENV_NAME');
  expect(jobs).toBeGreaterThan(1);
  expect(wanted.filter((name) => times(name) !== jobs)).toEqual([]);
});

it('azd deploys what `npm run package` makes, to the app that carries the name of its service', () => {
  const project = z
    .object({
      infra: z.object({ path: z.string(), module: z.string() }),
      services: z.record(
        z.string(),
        z.looseObject({ dist: z.string(), host: z.literal('function'), remoteBuild: z.literal(false) }),
      ),
    })
    .parse(parse(readText('azure.yaml')));
  expect(Object.keys(project.services)).toHaveLength(1);
  for (const [service, { dist }] of Object.entries(project.services)) {
    expect(readText('cli/packaging/main.ts')).toContain(`'${dist}'`);
    expect(readText('infra/app/functionApp.bicep')).toContain(`'azd-service-name': '${service}'`);
  }
  expect(existsSync(join(PROJECT, project.infra.path, `${project.infra.module}.bicep`))).toBe(true);
});
