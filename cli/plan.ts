/** `npm run plan -- request.json`: asks the app what a build of a request would do, and whether anything speaks against it. */
import { errorText } from '../shared/domain/outcome';
import type { BuildRequest } from '../shared/domain/request';
import type { BuildResult } from '../shared/domain/result';
import { parsedArguments } from './arguments';
import { busAddress } from './bus';
import { painted, terminalWidth } from './painted';
import { PlanQuestion, type PlanReply } from './planQuestion';
import { exitCodeOf, planLines } from './planView';
import { readBuildRequestFile } from './requestFile';

const OPTIONS = {
  json: { type: 'boolean' },
  'packer-manifest': { type: 'string' },
  timeout: { type: 'string' },
} as const;

const DEFAULT_TIMEOUT_SECONDS = 120;

const USAGE = `Usage: npm run plan -- FILE.json [--json] [--packer-manifest MANIFEST.json] [--timeout SECONDS]
  --json             print the answer as JSON, and nothing else (npm itself prints two lines: use npm run --silent plan -- …)
  --packer-manifest  take the source of the request from what Packer's manifest post-processor wrote (docs/packer.md)
  --timeout          how long to wait for the answer; ${DEFAULT_TIMEOUT_SECONDS} when left out
Exit code: 0 it can be built, or is; 1 it is refused; 2 that could not be told`;

interface Given {
  readonly file: string;
  readonly json: boolean;
  readonly manifest: string | undefined;
  readonly timeoutMs: number;
}

/** The command line, or undefined when it is not one. */
function readArguments(): Given | undefined {
  const given = parsedArguments(OPTIONS);
  const [file, ...more] = given?.positionals ?? [];
  const seconds = Number(given?.values.timeout ?? DEFAULT_TIMEOUT_SECONDS);
  if (!given || file === undefined || more.length > 0 || !(seconds > 0)) return undefined;
  const { json = false, 'packer-manifest': manifest } = given.values;
  return { file, json, manifest, timeoutMs: seconds * 1_000 };
}

async function main(): Promise<number> {
  const given = readArguments();
  if (!given) {
    console.error(USAGE);
    return 2;
  }
  const read = await readBuildRequestFile(given.file, given.manifest);
  if (!read.ok) {
    console.error(read.why);
    // A file that is not there says nothing about a request.
    return read.text === undefined ? 2 : 1;
  }
  return told(await ask(read.request, given.timeoutMs), given);
}

async function ask(request: BuildRequest, timeoutMs: number): Promise<PlanReply> {
  const question = await PlanQuestion.about(request, await busAddress());
  try {
    await question.ask();
    return await question.reply(timeoutMs);
  } finally {
    await question.close();
  }
}

function told(reply: PlanReply, { file, json, timeoutMs }: Given): number {
  switch (reply.came) {
    case 'answer':
      if (json) console.log(JSON.stringify(reply.result, null, 2));
      else print(reply.result);
      return exitCodeOf(reply.result);
    case 'deadLetter':
      console.error(`The app cannot use ${file}, and dead-lettered it. ${reply.reason}`);
      return 1;
    case 'nothing':
      console.error(
        `No answer came within ${timeoutMs / 1_000} s, so nobody can tell. Is the app running (npm start)? ` +
          'The question stays on queue image-build-requests, and will be answered on image-pool-events.',
      );
      return 2;
  }
}

const print = (result: BuildResult): void => console.log(planLines(result, terminalWidth()).map(painted).join('\n'));

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`Could not ask for the plan: ${errorText(error)}\nIs the local stack running (npm start)?`);
    process.exit(2);
  },
);
