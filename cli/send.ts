/** `npm run send -- request.json`: checks a request and queues it on the local stack, or on the bus of SERVICE_BUS. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { auditAnswerId, snoozeInstanceId } from '../shared/domain/guard/guardMessages';
import { buildInstanceId, requestIdOf } from '../shared/domain/names';
import { errorText } from '../shared/domain/outcome';
import type { Request } from '../shared/guardRequests';
import { parsedArguments } from './arguments';
import { busAddress } from './bus';
import { readRequestFile } from './requestFile';
import { ResultWatch } from './resultWatch';
import { sendRequest } from './sendRequest';

const OPTIONS = {
  'as-is': { type: 'boolean' },
  'packer-manifest': { type: 'string' },
  wait: { type: 'boolean' },
} as const;

const USAGE = `Usage: npm run send -- FILE.json [--wait] [--packer-manifest MANIFEST.json | --as-is]
  --wait             wait for the answer and print it; exit code 0 only when the build succeeded, or the audit has ended
  --packer-manifest  take the source of the request from what Packer's manifest post-processor wrote (docs/packer.md)
  --as-is            send the file even if it is not a request`;

/** The command line, or undefined when it is not one. */
function readArguments() {
  const given = parsedArguments(OPTIONS);
  const [file] = given?.positionals ?? [];
  if (!given || file === undefined) return undefined;
  const asIs = given.values['as-is'] === true;
  const manifest = given.values['packer-manifest'];
  if (asIs && manifest !== undefined) return undefined;
  return { file, asIs, manifest, wait: given.values.wait === true };
}

async function main(): Promise<number> {
  const given = readArguments();
  if (!given) {
    console.error(USAGE);
    return 2;
  }
  const { file, asIs, manifest, wait } = given;
  const read = await readRequestFile(file, manifest);
  if (read.ok) return send(file, read.request, wait);
  if (asIs && read.text !== undefined) {
    await sendRequest(await busAddress(), Buffer.from(read.text), randomUUID());
    console.log(`Sent ${file} as it is; the app will dead-letter it.`);
    return 0;
  }
  console.error(read.why);
  return 1;
}

/** The message, and how to follow what it starts; a snooze has no answer. */
function following(request: Request, messageId: string) {
  switch (request.asks) {
    case 'build':
      return { body: request.build, answer: requestIdOf(request.build), instance: buildInstanceId(request.build) };
    case 'audit':
      return {
        body: request.audit,
        answer: request.audit.requestId ?? messageId,
        instance: auditAnswerId(messageId),
      };
    case 'snooze':
      return { body: request.snooze, instance: snoozeInstanceId(messageId) };
  }
}

const GOOD_TYPES: ReadonlySet<string> = new Set(
  ['BuildSucceeded', 'BuildPlanned', 'AuditCompleted'].map((type) => `BatchImagePools.${type}`),
);

const typed = z.object({ type: z.string() });

async function send(file: string, request: Request, wait: boolean): Promise<number> {
  const bus = await busAddress();
  const messageId = randomUUID();
  const { body, answer, instance } = following(request, messageId);
  const watch = wait && answer !== undefined ? await ResultWatch.open(bus) : undefined;
  await sendRequest(bus, body, messageId);
  console.log(`Sent ${file} as message ${messageId}.`);
  if (answer !== undefined) {
    console.log(`  request   ${answer} (correlation id of the answer on queue image-pool-events)`);
  }
  console.log(`  instance  ${instance} (its status says how far it is)`);
  if (!watch || answer === undefined) return 0;
  console.log('Waiting for the answer …');
  const event = await watch.answerTo(answer);
  await watch.close();
  console.log(JSON.stringify(event, null, 2));
  return GOOD_TYPES.has(typed.parse(event).type) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`Could not send: ${errorText(error)}\nIs the local stack running (npm start)?`);
    process.exit(1);
  },
);
