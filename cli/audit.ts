/** `npm run audit`: asks the app for an audit of all pools in its scope, and shows how it ended. */
import { errorText } from '../shared/domain/outcome';
import { parsedArguments } from './arguments';
import { askForAudit } from './auditQuestion';
import { auditLines, exitCodeOf } from './auditView';
import { busAddress } from './bus';
import { painted, terminalWidth } from './painted';

const OPTIONS = { json: { type: 'boolean' }, timeout: { type: 'string' } } as const;

const DEFAULT_TIMEOUT_SECONDS = 600;

const USAGE = `Usage: npm run audit [-- --json] [-- --timeout SECONDS]
  --json     print the answer as JSON, and nothing else (npm itself prints two lines: use npm run --silent audit -- …)
  --timeout  how long to wait for the answer; ${DEFAULT_TIMEOUT_SECONDS} when left out
Exit code: 0 everything was seen and nothing is wrong; 1 something is; 2 not everything could be seen, or no answer came`;

async function main(): Promise<number> {
  const given = parsedArguments(OPTIONS);
  const seconds = Number(given?.values.timeout ?? DEFAULT_TIMEOUT_SECONDS);
  if (!given || given.positionals.length > 0 || !(seconds > 0)) {
    console.error(USAGE);
    return 2;
  }
  const summary = await askForAudit(await busAddress(), seconds * 1_000);
  if (summary === undefined) {
    console.error(
      `No answer came within ${seconds} s. Is the app running (npm start)? It will come on image-pool-events.`,
    );
    return 2;
  }
  if (given.values.json === true) console.log(JSON.stringify(summary, null, 2));
  else console.log(auditLines(summary, terminalWidth()).map(painted).join('\n'));
  return exitCodeOf(summary);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`Could not ask for the audit: ${errorText(error)}\nIs the local stack running (npm start)?`);
    process.exit(2);
  },
);
