/** Asking for an audit from the command line: what is sent, what is shown, and how it ends. */
import { ServiceBusClient } from '@azure/service-bus';
import { auditLines } from '../../cli/auditView';
import { Broker, connectionString } from '../../local/bus/broker';
import { SteppedClock } from '../../local/clock';
import { QUEUES } from '../../local/queues';
import type { AuditSummary } from '../../shared/domain/guard/audit';
import { auditEvent } from '../../shared/domain/guard/guardMessages';
import { runCommand, type Ended } from './runCommand';

const POOL = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acc/pools/render';

const GREEN: AuditSummary = {
  auditId: '2026-11-21T07-30-00-000Z',
  startedAt: '2026-11-21T07:30:00.000Z',
  endedAt: '2026-11-21T07:31:00.000Z',
  coverage: { scopes: 1, accounts: 1, accountsRead: 1, pools: 3, poolsInDoubt: 0, gaps: [], moreGaps: 0 },
  status: 'green',
  opened: 0,
  resolved: 1,
  open: { critical: 0, warning: 0, info: 0 },
  snoozed: 0,
  worst: [],
  report: 'reports/2026-11-21T07-30-00-000Z',
};

const FINDINGS: AuditSummary = {
  ...GREEN,
  status: 'findings',
  open: { critical: 1, warning: 1, info: 0 },
  worst: [
    {
      code: 'ImageVersionMissing',
      severity: 'critical',
      subjectId: POOL,
      message: 'The image version v does not exist.',
      firstSeen: '2026-11-21T07:30:00.000Z',
    },
  ],
};

const PARTIAL: AuditSummary = {
  ...GREEN,
  status: 'partial',
  coverage: { ...GREEN.coverage, gaps: [{ what: POOL, why: 'The app may not read it.', pools: 2 }], moreGaps: 4 },
};

const textOf = (summary: AuditSummary): string =>
  auditLines(summary, 100)
    .map(({ text }) => text)
    .join('\n');

describe('what is shown', () => {
  it('of a green audit: what was seen, and where the report is', () => {
    const text = textOf(GREEN);
    expect(text).toMatch(/^✔ Green: 3 pools in 1 Batch account were audited, and nothing is wrong\./);
    expect(text).toContain('reports/2026-11-21T07-30-00-000Z.md');
  });

  it('of findings: each with its pool, its words and what to do, and how many more there are', () => {
    const text = textOf(FINDINGS);
    expect(text).toContain('✖ ImageVersionMissing on Microsoft.Batch/batchAccounts/acc/pools/render, since');
    expect(text).toContain('The image version v does not exist.');
    expect(text).toContain('→ Restore the image under the same id');
    expect(text).toContain('and 1 more');
  });

  it('of a partial audit: what was not seen, and why', () => {
    const text = textOf(PARTIAL);
    expect(text).toMatch(/^\? Partial: /);
    expect(text).toContain('acc/pools/render (2 pools)');
    expect(text).toContain('The app may not read it.');
    expect(text).toContain('and 4 more');
  });
});

describe('with an app that the test plays', () => {
  let broker: Broker;
  let bus: string;
  let client: ServiceBusClient;
  beforeEach(async () => {
    broker = new Broker({ clock: new SteppedClock(Date.UTC(2026, 10, 21)), queues: QUEUES });
    bus = connectionString(await broker.listen());
    client = new ServiceBusClient(bus);
  });
  afterEach(async () => {
    await client.close();
    await broker.close();
  });

  /** Takes the request, answers it, and somebody else's before. */
  async function answered(summary: AuditSummary, ...args: readonly string[]): Promise<Ended> {
    const ended = runCommand('audit', { SERVICE_BUS: bus }, ...args);
    const receiver = client.createReceiver('image-build-requests', { receiveMode: 'receiveAndDelete' });
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
    const { requestId } = message?.body as { readonly requestId: string };
    expect(message?.body).toEqual({ mode: 'audit', requestId });
    const sender = client.createSender('image-pool-events');
    for (const id of ['of-another', requestId]) {
      const event = auditEvent(id === requestId ? summary : GREEN, { requestId: id, messageId: id });
      await sender.sendMessages({ body: event, messageId: event.id, correlationId: id });
    }
    return ended;
  }

  it.each([
    { summary: GREEN, code: 0 },
    { summary: FINDINGS, code: 1 },
    { summary: PARTIAL, code: 2 },
  ])('ends with $code when the audit is $summary.status', async ({ summary, code }) => {
    const ended = await answered(summary, '--json');
    expect({ code: ended.code, err: ended.err }).toEqual({ code, err: '' });
    expect(JSON.parse(ended.out)).toMatchObject({ auditId: summary.auditId, status: summary.status });
    expect(broker.counts('image-pool-events').active).toBe(2);
  });

  it('says when no answer comes in time', async () => {
    const { code, err } = await runCommand('audit', { SERVICE_BUS: bus }, '--timeout', '1');
    expect(code).toBe(2);
    expect(err).toContain('No answer came within 1 s. Is the app running');
  });

  it.each([[['--timeout', '0']], [['file.json']], [['--colour']]])('%j is not understood', async (args) => {
    const { code, err } = await runCommand('audit', { SERVICE_BUS: bus }, ...args);
    expect(code).toBe(2);
    expect(err).toContain('Usage: npm run audit');
  });
});
