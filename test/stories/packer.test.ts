/** What Packer made becomes a pool: each template's manifest, merged into its request, built on the local Azure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requestWithSource } from '../../cli/packerManifest';
import { expectBuilt, Story } from './story';

const FOLDER = join(__dirname, '../../examples/packer');
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

let story: Story;
beforeAll(async () => (story = await Story.begin()));
afterAll(() => story.end());

it.each([
  {
    name: 'managed-image',
    mode: 'UserSubscription',
    writes: ['PUT images/', 'PUT versions/', 'PUT pools/', 'PATCH versions/'],
  },
  { name: 'gallery', mode: 'UserSubscription', writes: ['PUT pools/'] },
  {
    name: 'vhd',
    mode: 'BatchService',
    writes: ['PUT images/', 'PUT images/', 'PUT versions/', 'PUT pools/', 'PATCH versions/', 'DELETE images/'],
  },
])('the template $name for accounts in mode $mode', async ({ name, mode, writes }) => {
  const merged = requestWithSource(read(`request-${name}.json`), read(`packer-manifest.${name}.json`));
  if (!merged.ok) throw new Error(merged.problems.join('\n'));
  const since = story.calls().length;
  await story.send(merged.message);
  const built = expectBuilt(await story.result());
  expect(story.writes(since).map((write) => write.replace(/\/.*/, '/'))).toEqual(writes);
  const account = built.poolId.split('/pools/')[0] ?? '';
  expect(story.stack.azure.find(account)).toMatchObject({ properties: { poolAllocationMode: mode } });
});
