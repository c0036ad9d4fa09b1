/** The process of the Functions host: settings from the environment, orders from its parent, a log on stdout. */

import './process/compileCache';
import { z } from 'zod';
import { PacedClock, SteppedClock } from '../clock';
import { readAppFiles } from './checkedApp';
import { FunctionsHost } from './functionsHost';
import { jsonLinesLog } from './log';
import type { ToHost, ToParent } from './process/messages';
import { clockSettings, toHost } from './process/messages';
import { StartRefused } from './refusals';

const environment = z.object({
  LOCAL_HOST_APP: z.string(),
  LOCAL_HOST_STATE: z.string(),
  LOCAL_HOST_PORT: z.coerce.number().default(0),
  LOCAL_CLOCK: z
    .string()
    .transform((text) => clockSettings.parse(JSON.parse(text)))
    .optional(),
});

/** stdout is the log's alone: what the app prints goes to stderr. */
const writeLine = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const tellParent = (message: ToParent): void => void process.send?.(message);

function clockOf(settings: z.infer<typeof clockSettings> | undefined): PacedClock | SteppedClock {
  if (settings?.mode === 'stepped') return new SteppedClock(settings.nowMs);
  return settings ? new PacedClock(settings.pace) : PacedClock.startingNow();
}

async function startHost(clock: PacedClock | SteppedClock): Promise<FunctionsHost> {
  const { LOCAL_HOST_APP, LOCAL_HOST_STATE, LOCAL_HOST_PORT } = environment.parse(process.env);
  const files = readAppFiles(LOCAL_HOST_APP, process.env);
  const lowest = files.hostJson?.logging.logLevel.default ?? 'information';
  return FunctionsHost.start({
    appFolder: LOCAL_HOST_APP,
    files,
    stateFolder: LOCAL_HOST_STATE,
    port: LOCAL_HOST_PORT,
    clock,
    writeLog: jsonLinesLog(clock, lowest, (line) => void writeLine(line)),
  });
}

function obey(order: ToHost, host: FunctionsHost, clock: PacedClock | SteppedClock): void {
  const { id } = order;
  switch (order.type) {
    case 'status': {
      const nextDueMs = clock instanceof SteppedClock ? clock.nextDueMs() : undefined;
      tellParent({ type: 'status', id, idle: host.isIdle, ...(nextDueMs !== undefined && { nextDueMs }) });
      return;
    }
    case 'advance':
      if (clock instanceof SteppedClock) clock.advanceTo(order.toMs);
      // Else the broker, stepped next, could let a lock expire that is just being renewed.
      void host.locksRenewed().then(() => tellParent({ type: 'advanced', id }));
      return;
    case 'stop':
      stop(host);
  }
}

/** How long functions may go on when nobody is left who could kill the process. */
const PATIENCE_MS = 10_000;

let stopping = false;
function stop(host: FunctionsHost): void {
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(1), PATIENCE_MS).unref();
  host.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

async function main(): Promise<void> {
  const clock = clockOf(environment.parse(process.env).LOCAL_CLOCK);
  const host = await startHost(clock);
  process.on('message', (message) => obey(toHost.parse(message), host, clock));
  process.on('SIGTERM', () => stop(host));
  process.on('SIGINT', () => stop(host));
  process.on('disconnect', () => stop(host));
  const { url, durableUrl, functions } = host;
  tellParent({ type: 'ready', url, functions, ...(durableUrl !== undefined && { durableUrl }) });
}

main().catch((error: unknown) => {
  console.error(error);
  const problems = error instanceof StartRefused ? [...error.problems] : [String(error)];
  // Exit only after the parent has the reasons.
  if (process.send) process.send({ type: 'failed', problems } satisfies ToParent, () => process.exit(1));
  else process.exit(1);
});
