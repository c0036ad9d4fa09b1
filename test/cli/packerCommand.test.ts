/** `--packer-manifest` of `npm run send` and `npm run plan`: what is said when the manifest gives no source, and how it ends. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Broker, connectionString } from '../../local/bus/broker';
import { SteppedClock } from '../../local/clock';
import { QUEUES } from '../../local/queues';
import { runCommand, type Ended } from './runCommand';

const REQUEST = 'examples/packer/request-managed-image.json';
const MANIFEST = 'examples/packer/packer-manifest.managed-image.json';
/** Names a VM as its source. */
const OTHER_SOURCE = 'examples/build-16-nodes.json';

const folder = mkdtempSync(join(tmpdir(), 'packer-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const build = (more: object): object => ({
  name: 'ubuntu',
  builder_type: 'azure-arm',
  build_time: 1_795_939_200,
  files: null,
  artifact_id: 'UNKNOWN ID',
  packer_run_uuid: 'run',
  custom_data: null,
  ...more,
});

let broker: Broker;
let bus: string;
beforeEach(async () => {
  broker = new Broker({ clock: new SteppedClock(Date.UTC(2026, 10, 21)), queues: QUEUES });
  bus = connectionString(await broker.listen());
});
afterEach(() => broker.close());

const sent = (): number => broker.counts('image-build-requests').active;

const run = (command: 'send' | 'plan', ...args: readonly string[]): Promise<Ended> =>
  runCommand(command, { SERVICE_BUS: bus }, ...args);

describe.each(['send', 'plan'] as const)('npm run %s', (command) => {
  const missing = join(folder, 'none.json');

  it.each([
    {
      label: 'an artifact of no known kind',
      builds: [build({})],
      said: /^- The artifact id "UNKNOWN ID" of build ubuntu/m,
    },
    {
      label: 'another builder',
      builds: [build({ builder_type: 'docker' })],
      said: /^- Its last run has builds of docker, and none of azure-arm/m,
    },
  ])('sends nothing, and says why: $label', async ({ builds, said }) => {
    const manifest = fileWith('manifest.json', JSON.stringify({ builds, last_run_uuid: 'run' }));
    const { code, out, err } = await run(command, REQUEST, '--packer-manifest', manifest);
    expect({ code, out, sent: sent() }).toEqual({ code: 1, out: '', sent: 0 });
    expect(err).toContain(`${manifest} gives ${REQUEST} no source:`);
    expect(err).toMatch(said);
  });

  it('sends nothing when the request names another source', async () => {
    const { code, err } = await run(command, '--packer-manifest', MANIFEST, OTHER_SOURCE);
    expect({ code, sent: sent() }).toEqual({ code: 1, sent: 0 });
    expect(err).toMatch(/^- The request names another source already: virtualMachineId ".*vm-render-base"/m);
  });

  it('says of a request that is wrong in itself that the source came from the manifest', async () => {
    const request = fileWith('request.json', '{ "colour": "red" }');
    const { code, err } = await run(command, request, '--packer-manifest', MANIFEST);
    expect({ code, sent: sent() }).toEqual({ code: 1, sent: 0 });
    expect(err).toContain(`${request}, with the source that ${MANIFEST} gives it, is not a`);
    expect(err).toMatch(/^- colour: unknown field$/m);
  });

  it.each([
    { label: 'the manifest', args: [REQUEST, '--packer-manifest', missing] },
    { label: 'the request', args: [missing, '--packer-manifest', MANIFEST] },
  ])('says that $label cannot be read', async ({ args }) => {
    const { code, out, err } = await run(command, ...args);
    // A plan's 1 says that the request is refused; nobody has seen it here.
    expect({ code, out, err }).toEqual({
      code: command === 'plan' ? 2 : 1,
      out: '',
      err: `${missing} cannot be read.\n`,
    });
  });

  it('names the option in its usage, and takes none without a file', async () => {
    const { code, err } = await run(command, REQUEST, '--packer-manifest');
    expect(code).toBe(2);
    expect(err).toContain('--packer-manifest MANIFEST.json');
  });
});

it('--as-is sends a file as it is, so no source can be put into it', async () => {
  const { code, err } = await run('send', REQUEST, '--packer-manifest', MANIFEST, '--as-is');
  expect({ code, sent: sent() }).toEqual({ code: 2, sent: 0 });
  expect(err).toContain('Usage: npm run send');
});
