/** `npm run send -- request.json`: checks a request and queues it on the local stack, or on the bus of SERVICE_BUS. */
import { randomUUID } from 'node:crypto';
import { buildInstanceId, requestIdOf } from '../shared/domain/names';
import { errorText } from '../shared/domain/outcome';
import type { BuildRequest } from '../shared/domain/request';
import { parsedArguments } from './arguments';
import { busAddress } from './bus';
import { readRequestFile } from './requestFile';
import { ResultWatch } from './resultWatch';
import { sendRequest } from './sendRequest';

const OPTIONS = { 'as-is': { type: 'boolean' }, wait: { type: 'boolean' } } as const;

const USAGE = `Usage: npm run send -- FILE.json [--wait] [--as-is]
  --wait   wait for the result event and print it; exit code 0 only when the build succeeded
  --as-is  send the file even if it is not a build request`;

/** The command line, or undefined when it is not one. */
function readArguments() {
  const given = parsedArguments(OPTIONS);
  const [file] = given?.positionals ?? [];
  if (!given || file === undefined) return undefined;
  return { file, asIs: given.values['as-is'] === true, wait: given.values.wait === true };
}

async function main(): Promise<number> {
  const given = readArguments();
  if (!given) {
    console.error(USAGE);
    return 2;
  }
  const { file, asIs, wait } = given;
  const read = await readRequestFile(file);
  if (read.ok) return send(file, read.request, wait);
  if (asIs && read.text !== undefined) {
    await sendRequest(await busAddress(), Buffer.from(read.text), randomUUID());
    console.log(`Sent ${file} as it is; the app will dead-letter it.`);
    return 0;
  }
  console.error(read.why);
  return 1;
}

async function send(file: string, request: BuildRequest, wait: boolean): Promise<number> {
  const bus = await busAddress();
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
    console.error(`Could not send: ${errorText(error)}\nIs the local stack running (npm start)?`);
    process.exit(1);
  },
);
