/** `npm run send -- request.json`: checks a request and puts it on the queue of the local stack, or of SERVICE_BUS. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { buildInstanceId, requestIdOf } from '../shared/domain/names';
import { parseBuildRequest } from '../shared/messages';
import { sendRequest } from './sendRequest';

const SAMPLE = join(__dirname, '..', '..', 'local.settings.sample.json');

async function connectionString(): Promise<string> {
  if (process.env['SERVICE_BUS'] !== undefined) return process.env['SERVICE_BUS'];
  const sample = z.object({ Values: z.object({ SERVICE_BUS: z.string() }) });
  return sample.parse(JSON.parse(await readFile(SAMPLE, 'utf8'))).Values.SERVICE_BUS;
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'as-is': { type: 'boolean' } } });
  const [file] = positionals;
  if (file === undefined) {
    console.error(
      'Usage: npm run send -- FILE.json [--as-is]\n  --as-is  send the file even if the app would refuse it',
    );
    return 2;
  }
  const text = await readFile(file, 'utf8');
  const parsed = parseBuildRequest(text);
  if (!parsed.ok && values['as-is'] !== true) {
    console.error(`${file} is not a build request:\n${parsed.problems.map((problem) => `- ${problem}`).join('\n')}`);
    return 1;
  }
  const messageId = randomUUID();
  await sendRequest(await connectionString(), parsed.ok ? parsed.message : text, messageId);
  console.log(`Sent ${file} as message ${messageId}.`);
  if (parsed.ok) {
    console.log(`  request   ${requestIdOf(parsed.message)} (correlation id of the result on queue image-pool-events)`);
    console.log(`  instance  ${buildInstanceId(parsed.message)} (its custom status says where the build is)`);
  }
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    console.error(`Could not send: ${text}\nIs the local stack running (npm start)?`);
    process.exit(1);
  },
);
