/** The second half of the demo: somebody deletes the image version of the pool, the guard tells, the image comes back. */
import { ServiceBusClient } from '@azure/service-bus';
import * as z from 'zod';
import type { Stack } from '../local/stack';
import { IMAGE_POOL_EVENTS } from '../functions/queues';
import type { AuditSummary } from '../shared/domain/guard/audit';
import type { FindingTold } from '../shared/domain/guard/findingEvent';
import { askForAudit } from './auditQuestion';

const PATIENCE_MS = 20_000;

const event = z.object({ type: z.string(), data: z.unknown() });
const told = z.custom<FindingTold>(
  (value) => z.object({ code: z.string(), findingId: z.string() }).safeParse(value).success,
);

/** Takes events until one of this type comes, as a consumer would that is interested in nothing else. */
async function next<T>(bus: string, type: string, data: z.ZodType<T>): Promise<T> {
  const client = new ServiceBusClient(bus);
  try {
    const receiver = client.createReceiver(IMAGE_POOL_EVENTS);
    for (const endMs = Date.now() + PATIENCE_MS; Date.now() < endMs;) {
      const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: PATIENCE_MS });
      if (!message) break;
      await receiver.completeMessage(message);
      const came = event.parse(message.body);
      if (came.type === `BatchImagePools.${type}`) return data.parse(came.data);
    }
    throw new Error(`No event ${type} came within ${PATIENCE_MS / 1_000} s.`);
  } finally {
    await client.close();
  }
}

async function audit(bus: string): Promise<AuditSummary> {
  const summary = await askForAudit(bus, PATIENCE_MS);
  if (summary === undefined) throw new Error(`No audit ended within ${PATIENCE_MS / 1_000} s.`);
  return summary;
}

function auditText({ status, coverage, open }: AuditSummary): string {
  const { accountsRead, accounts, pools } = coverage;
  return `${status}; ${pools} pools in ${accountsRead} of ${accounts} accounts, ${open.critical} critical`;
}

interface Told {
  readonly lines: readonly string[];
  readonly problems: readonly string[];
}

/** What must be true of a finding that opened; a sentence for each deviation. */
function openingProblems({ code, subjectId, by, evidence }: FindingTold, poolId: string): readonly string[] {
  return [
    ...(code === 'ImageVersionMissing' ? [] : [`the finding is ${code}`]),
    ...(subjectId.toLowerCase() === poolId.toLowerCase() ? [] : [`the finding is about ${subjectId}`]),
    ...(by?.objectId === undefined ? ['the finding does not say who deleted the image'] : []),
    ...(evidence.some(({ answered }) => answered === '404') ? [] : ['the finding has no 404 in hand']),
  ];
}

async function goneAndFound({ azure }: Stack, bus: string, poolId: string, versionId: string): Promise<Told> {
  const deletedMs = Date.now();
  azure.deleteBehindTheBack(versionId);
  const finding = await next(bus, 'FindingOpened', told);
  const seconds = (Date.now() - deletedMs) / 1_000;
  const agreed = await audit(bus);
  return {
    lines: [
      `✔ Finding opened, ${seconds.toFixed(1)} s later (of yours: nothing waits for Azure here)`,
      `  ${finding.severity}  ${finding.code}: ${finding.message}`,
      `  proof     ${finding.evidence.map(({ asked, answered }) => `${asked} → ${answered}`).join('; ')}`,
      `  deleted   by ${finding.by?.objectId ?? 'nobody knows whom'} (correlation id ${finding.by?.correlationId ?? 'unknown'})`,
      `  to do     ${finding.remedy}`,
      `✔ The audit agrees, and tells nothing twice: ${auditText(agreed)}`,
    ],
    problems: [
      ...openingProblems(finding, poolId),
      ...(agreed.status === 'findings' && agreed.open.critical === 1 && agreed.opened === 0
        ? []
        : [`the audit says ${auditText(agreed)}`]),
    ],
  };
}

async function backAndResolved({ azure }: Stack, bus: string, versionId: string): Promise<Told> {
  azure.restoreBehindTheBack(versionId);
  const finding = await next(bus, 'FindingResolved', told);
  const last = await audit(bus);
  return {
    lines: ['✔ The image version comes back, and the finding resolves', `✔ The last audit: ${auditText(last)}`],
    problems: [
      ...(finding.code === 'ImageVersionMissing' ? [] : [`${finding.code} resolved`]),
      ...(last.status === 'green' ? [] : [`the last audit is ${last.status}`]),
    ],
  };
}

/** Tells the story; answers with everything that was not as it should be. */
export async function guardStory(stack: Stack, poolId: string, versionId: string): Promise<readonly string[]> {
  const bus = stack.environment['SERVICE_BUS'] ?? '';
  console.log('\nNow somebody deletes the image version that the pool stands on.\n');
  const gone = await goneAndFound(stack, bus, poolId, versionId);
  console.log(gone.lines.join('\n'));
  const back = await backAndResolved(stack, bus, versionId);
  console.log(back.lines.join('\n'));
  return [...gone.problems, ...back.problems];
}
