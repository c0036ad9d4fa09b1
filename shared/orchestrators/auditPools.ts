/** The audit: every pool in scope against every image in scope; its end says what was found, and what was not seen. */
import type { OrchestrationContext } from 'durable-functions';
import {
  accountAuditId,
  auditIdOf,
  auditLine,
  auditResult,
  eachOnce,
  unreadAccount,
  type AccountAudit,
  type AuditProgress,
  type AuditResult,
  type AuditSummary,
  type Discovery,
  type WholeAudit,
  type WholeJob,
} from '../domain/guard/audit';
import { auditCorrelationId } from '../domain/trace';
import { RETRY } from '../domain/waiting';
import { CHILDREN, GUARD_ACTIVITIES, type AccountPart } from './contracts';
import { persist, persistSafely } from './persist';
import { note, nowMs, runChildren, traceAs, traceOf, type Step } from './steps';
import { takeStock } from './takeStock';

/** As many accounts at a time: an audit is in no hurry, and Azure Resource Manager counts calls by principal. */
const ACCOUNTS_AT_A_TIME = 8;

/** Others wait for an account that gives no answer; the next audit asks it again. */
const ACCOUNT_RETRY = { ...RETRY, deadlineMinutes: 15 };

export function* auditPools(ctx: OrchestrationContext): Step<AuditSummary> {
  const startedAtMs = nowMs(ctx);
  const auditId = auditIdOf(startedAtMs);
  traceAs(ctx, { correlationId: auditCorrelationId(auditId) });

  show(ctx, auditId, 'discovery');
  const discovery = yield* discover(ctx);

  show(ctx, auditId, 'stock');
  const stock = yield* takeStock(ctx, auditId);

  show(ctx, auditId, 'accounts', discovery.accounts.length);
  const jobs = discovery.accounts.map((account) => ({
    instanceId: accountAuditId(auditId, account.id),
    input: { auditId, account, stockParts: stock.parts, agents: discovery.agents, trace: traceOf(ctx) },
  }));
  const accounts = yield* runChildren(ctx, CHILDREN.auditAccount, jobs, ACCOUNTS_AT_A_TIME);

  show(ctx, auditId, 'whole', discovery.accounts.length);
  const whole = yield* auditWhole(ctx, {
    auditId,
    stockParts: stock.parts,
    stockIsWhole: stock.gaps.length === 0,
    accounts: accounts.map(({ accountId: id, pools }) => ({ id, read: pools !== undefined })),
    nowMs: nowMs(ctx),
  });

  show(ctx, auditId, 'report', discovery.accounts.length);
  const parts = { auditId, startedAtMs, endedAtMs: nowMs(ctx), discovery, stockGaps: stock.gaps, accounts, whole };
  const summary = yield* file(ctx, auditResult(parts));

  show(ctx, auditId, 'done', discovery.accounts.length);
  note(ctx, `${ctx.df.instanceId}: ${auditLine(summary)} correlation=${traceOf(ctx).correlationId}`);
  return summary;
}

/** The audit of one account; whatever happens to it, the others' stand. */
export function* auditAccount(ctx: OrchestrationContext): Step<AccountAudit> {
  const { trace, ...part } = ctx.df.getInput<AccountPart>();
  if (trace !== undefined) traceAs(ctx, trace);
  const job = { ...part, nowMs: nowMs(ctx) };
  const audit = yield* persistSafely(ctx, GUARD_ACTIVITIES.auditAccountPools, job, ACCOUNT_RETRY);
  return audit.ok ? audit.value : unreadAccount(part.account.id, audit.failure.message);
}

function* discover(ctx: OrchestrationContext): Step<Discovery> {
  const found = yield* persistSafely(ctx, GUARD_ACTIVITIES.discoverAccounts, {});
  // Again, whoever found them: a second orchestration of one id would never answer.
  if (found.ok) return { ...found.value, accounts: eachOnce(found.value.accounts) };
  const why = found.failure.message;
  return {
    accounts: [],
    agents: { read: 'unasked', because: 'the Batch accounts' },
    scopes: 0,
    gaps: [{ what: 'the Batch accounts', why }],
  };
}

function* auditWhole(ctx: OrchestrationContext, job: WholeJob): Step<WholeAudit> {
  const whole = yield* persistSafely(ctx, GUARD_ACTIVITIES.auditWhole, job);
  return whole.ok ? whole.value : { gaps: [{ what: 'what all accounts share', why: whole.failure.message }] };
}

function* file(ctx: OrchestrationContext, result: AuditResult): Step<AuditSummary> {
  const filed = yield* persist(ctx, GUARD_ACTIVITIES.fileReport, result);
  if (!filed.ok) throw new Error(`The report of the audit could not be written: ${filed.failure.message}`);
  return filed.value;
}

function show(ctx: OrchestrationContext, auditId: string, phase: AuditProgress['phase'], accounts?: number): void {
  const since = new Date(nowMs(ctx)).toISOString();
  ctx.df.setCustomStatus({ phase, since, auditId, ...(accounts === undefined ? {} : { accounts }) });
}
