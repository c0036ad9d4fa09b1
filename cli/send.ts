/** `npm run send -- request.json`: checks a request and queues it on the local stack, or on the bus of SERVICE_BUS. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { buildInstanceId, requestIdOf } from '../shared/domain/names';
import type { BuildRequest } from '../shared/domain/request';
import { parseBuildRequest } from '../shared/messages';
import { ResultWatch } from './resultWatch';
import { sendRequest } from './sendRequest';

const OPTIONS = { 'as-is': { type: 'boolean' }, wait: { type: 'boolean' } } as const;

const USAGE = `Usage: npm run send -- FILE.json [--wait] [--as-is]
  --wait   wait for the result event and print it; exit code 0 only when the build succeeded
  --as-is  send the file even if it is not a build request`;

const SAMPLE = join(__dirname, '..', '..', 'local.settings.sample.json');

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function connectionString(): Promise<string> {
  if (process.env['SERVICE_BUS'] !== undefined) return process.env['SERVICE_BUS'];
  const sample = z.object({ Values: z.object({ SERVICE_BUS: z.string() }) });
  return sample.parse(JSON.parse(await readFile(SAMPLE, 'utf8'))).Values.SERVICE_BUS;
}

/** The command line, or undefined when it is not one. */
function readArguments() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: OPTIONS });
    const [file] = positionals;
    return file === undefined ? undefined : { file, asIs: values['as-is'] === true, wait: values.wait === true };
  } catch (error) {
    console.error(textOf(error));
    return undefined;
  }
}

async function main(): Promise<number> {
  const given = readArguments();
  if (!given) {
    console.error(USAGE);
    return 2;
  }
  const { file, asIs, wait } = given;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    console.error(`${file} cannot be read.`);
    return 1;
  }
  const parsed = parseBuildRequest(text);
  if (parsed.ok) return send(file, parsed.message, wait);
  if (asIs) {
    await sendRequest(await connectionString(), Buffer.from(text), randomUUID());
    console.log(`Sent ${file} as it is; the app will dead-letter it.`);
    return 0;
  }
  console.error(`${file} is not a build request:\n${parsed.problems.map((problem) => `- ${problem}`).join('\n')}`);
  return 1;
}

async function send(file: string, request: BuildRequest, wait: boolean): Promise<number> {
  const bus = await connectionString();
  const watch = wait ? await ResultWatch.open(bus) : undefined;
  const messageId = randomUUID();
  await sendRequest(bus, request, messageId);
  console.log(`Sent ${file} as message ${messageId}.`);
  console.log(`  request   ${requestIdOf(request)} (correlation id of the result on queue image-pool-events)`);
  console.log(`  instance  ${buildInstanceId(request)} (its custom status says where the build is)`);
  if (!watch) return 0;
  console.log('Waiting for the result …');
  const event = await watch.answerTo(requestIdOf(request));
  await watch.close();
  console.log(JSON.stringify(event, null, 2));
  return event.data.outcome === 'BuildSucceeded' || event.data.outcome === 'BuildPlanned' ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`Could not send: ${textOf(error)}\nIs the local stack running (npm start)?`);
    process.exit(1);
  },
);
