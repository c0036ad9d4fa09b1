/** The activities of an audit: who is in scope, the list of images, each account, what they share, and the report. */
import { discoverAccounts } from '../azure/accountDiscovery';
import { reportName } from '../azure/guardFiles';
import { surveyed, valueOf } from '../azure/readFact';
import { listImages } from '../azure/resourceGraph';
import { stockOf, type Stock } from '../azure/stockImages';
import { auditIdOf, type AccountJob, type AuditResult, type AuditSummary, type WholeJob } from '../domain/guard/audit';
import type { AuditAnswer } from '../domain/guard/guardMessages';
import type { StoredResource } from '../domain/guard/imageStock';
import { reportJson, reportMarkdown, summaryOf } from '../domain/guard/report';
import { succeed, type Outcome } from '../domain/outcome';
import type { CloudEvent } from '../domain/resultEvent';
import type { StockOrder, StockTaken } from '../orchestrators/contracts';
import { auditAccount } from './accountAudit';
import type { GuardTools } from './guardTools';
import { auditWhole } from './wholeAudit';

const DAY_MS = 86_400_000;

/** Reports and resolved findings are kept for a quarter of a year. */
const KEPT_MS = 90 * DAY_MS;

async function takeStock({ arm, files }: GuardTools, order: StockOrder): Promise<Outcome<StockTaken>> {
  const { auditId, part, query, skipToken } = order;
  const listed = await listImages(arm, { query, ...(skipToken === undefined ? {} : { skipToken }) });
  if (!listed.ok) return listed;
  const { resources, unreadable, next } = listed.value;
  const kept = await files.putStock(auditId, part, resources);
  if (!kept.ok) return kept;
  return succeed({ resources: resources.length, unreadable, ...(next === undefined ? {} : { next }) });
}

interface ReadStock {
  readonly resources: readonly StoredResource[];
  readonly stock: Stock;
}

type StockReader = (auditId: string, parts: number) => Promise<Outcome<ReadStock>>;

/** The stock of the last audit that asked, for the accounts that are audited by this process. */
function stockReader({ files }: GuardTools): StockReader {
  let kept: { readonly key: string; readonly read: Promise<Outcome<ReadStock>> } | undefined;
  const read = async (auditId: string, parts: number): Promise<Outcome<ReadStock>> => {
    const resources = await files.readStock(auditId, parts);
    return resources.ok ? succeed({ resources: resources.value, stock: stockOf(resources.value) }) : resources;
  };
  return async (auditId, parts) => {
    const key = `${auditId}/${parts}`;
    if (kept?.key !== key) kept = { key, read: read(auditId, parts) };
    const answer = await kept.read;
    if (!answer.ok) kept = undefined;
    return answer;
  };
}

const fileReport = (tools: GuardTools, result: AuditResult): Promise<Outcome<AuditSummary>> =>
  surveyed(async () => {
    const { files, ledger } = tools;
    const findings = {
      unresolved: valueOf(await ledger.table.unresolved()),
      resolved: valueOf(await ledger.table.resolvedSince(result.startedAt)),
    };
    const summary = summaryOf(result, findings, reportName(result.auditId));
    const [json, markdown] = [reportJson(summary, findings), reportMarkdown(summary, findings)];
    valueOf(await files.putReport({ summary, json, markdown }));
    const oldestMs = Date.parse(result.endedAt) - KEPT_MS;
    valueOf(await files.sweep(result.auditId, auditIdOf(oldestMs)));
    valueOf(await ledger.table.forgetResolved(new Date(oldestMs).toISOString()));
    return summary;
  });

export function createAuditActivities(tools: GuardTools) {
  const readStock = stockReader(tools);
  return {
    discoverAccounts: () => discoverAccounts(tools.arm),
    takeStock: (order: StockOrder) => takeStock(tools, order),
    auditAccountPools: async (job: AccountJob) => {
      const read = await readStock(job.auditId, job.stockParts);
      return read.ok ? auditAccount(tools, job, read.value.stock) : read;
    },
    auditWhole: async (job: WholeJob) => {
      const read = await readStock(job.auditId, job.stockParts);
      return read.ok ? auditWhole(tools, job, read.value.resources) : read;
    },
    fileReport: (result: AuditResult) => fileReport(tools, result),
    readLastAudit: async ({ endedSince }: { readonly endedSince?: string }) => {
      const last = await tools.files.readLast();
      if (!last.ok || last.value === undefined) return last.ok ? succeed(null) : last;
      const isNew = endedSince === undefined || Date.parse(last.value.endedAt) >= Date.parse(endedSince);
      return succeed(isNew ? last.value : null);
    },
    publishAudit: (event: CloudEvent<AuditAnswer>) => tools.bus.publish(event, event.data.requestId),
  };
}
