import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostProcess } from '../../../local/host/hostProcess';
import { StartRefused } from '../../../local/host/refusals';
import { connectionString, fixture } from './world';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function folder(files: Readonly<Record<string, string>> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'functions-host-app-'));
  folders.push(made);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}

async function problemsOf(appFolder: string): Promise<readonly string[]> {
  const env = { PATH: process.env['PATH'], BUS: connectionString(1) };
  const clock = { mode: 'stepped', nowMs: 0 } as const;
  const refusal: unknown = await HostProcess.start({ appFolder, stateFolder: folder(), env, clock }).then(
    (host) => host.kill(),
    (error: unknown) => error,
  );
  if (refusal instanceof StartRefused) return refusal.problems;
  throw new Error(`The host did not refuse: ${String(refusal)}`);
}

const HOST_JSON = '{ "version": "2.0" }';

describe('an app that Azure would refuse', () => {
  it('is refused with everything that is wrong with it', async () => {
    const problems = await problemsOf(fixture('refused'));
    expect(problems.map((problem) => problem.split('\n')[0])).toEqual([
      'host.json: version: must be "2.0". extensions.serviceBus.maxConcurrentCalls: Too small: expected number to be >=1 ' +
        'extensions.serviceBus: Unrecognized key: "maxAutoLockRenewal"',
      "'oldModel/function.json' mixes the v3 programming model into a v4 app: the host would ignore one of the two.",
      "Worker was unable to load entry point 'index.cjs': Error: and it throws",
      "Two functions are called 'Twice' and 'twice': names must differ by more than case.",
      "'host' is not a valid function name: a letter, then up to 127 letters, digits, '_' or '-'; not 'host'.",
      "'9lives' is not a valid function name: a letter, then up to 127 letters, digits, '_' or '-'; not 'host'.",
      "Function 'badRoute': the segment '{b:regex(x)}' of route 'a/{b:regex(x)}' is not supported: " +
        'write {name}, {name:int}, {name?} or {*name}.',
      "Function 'noSetting': '%NO_SUCH_QUEUE%' does not resolve to a value: set NO_SUCH_QUEUE in the environment.",
      "Function 'noSetting': connection setting 'NO_SUCH_BUS' is missing: " +
        'set NO_SUCH_BUS (or AzureWebJobsNO_SUCH_BUS) in the environment.',
      "Function 'sessions': serviceBusTrigger.isSessionsEnabled: sessions are not supported by this host.",
      "Function 'batches': serviceBusTrigger.cardinality: batches (cardinality 'many') are supported by this host with sdkBinding only.",
      expect.stringMatching(/^Function 'topic': serviceBusTrigger.queueName: /),
      expect.stringMatching(/^Function 'badSchedule': '@daily' is no NCRONTAB schedule/),
      "Function 'retries': retry policies are not supported by this host.",
      expect.stringMatching(
        /^Function 'blob': this host does not support the trigger 'blobTrigger'; it has serviceBus/,
      ),
      expect.stringMatching(/^Function 'queueOutput': this host does not support the output binding 'queue'; it has /),
      expect.stringMatching(/^Function 'own': this host does not support the trigger 'ownTrigger'; it has /),
    ]);
  });

  it.each([
    {
      label: 'no file',
      files: { 'package.json': '{ "main": "dist/*.js" }', 'host.json': HOST_JSON },
      problems: ["package.json's main 'dist/*.js': found zero files matching the supplied pattern."],
    },
    {
      label: 'files without a function',
      files: { 'package.json': '{ "main": "index.js" }', 'index.js': '', 'host.json': HOST_JSON },
      problems: ['The app registered no functions.'],
    },
    {
      label: 'nothing',
      files: { 'package.json': '{}' },
      problems: [
        'host.json: there is none in the app folder.',
        "package.json has no 'main': the worker loads the files that it names.",
      ],
    },
    {
      label: 'a file that another version of the settings encrypted',
      files: {
        ...{ 'package.json': '{ "main": "index.js" }', 'index.js': '', 'host.json': HOST_JSON },
        'local.settings.json': '{ "IsEncrypted": true, "Values": {} }',
      },
      problems: ['local.settings.json: it is encrypted; run `func settings decrypt` first.'],
    },
  ])('is refused when it consists of $label', async ({ files, problems }) => {
    expect(await problemsOf(folder(files))).toEqual(problems);
  });
});
