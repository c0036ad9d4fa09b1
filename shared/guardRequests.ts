/** What else than builds may be asked for on queue `image-build-requests`: an audit, or a snooze; told apart by `mode`. */
import * as z from 'zod';
import { FINDINGS, isFindingCode } from './domain/guard/finding';
import type { AuditRequest, SnoozeRequest } from './domain/guard/guardMessages';
import type { BuildRequest } from './domain/request';
import { jsonOf } from './json';
import { parseBuildRequest } from './messages';
import { armIdOf, parseMessage, requestIdText, type Parsed } from './parsing';

const POOL = '/subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.Batch/batchAccounts/ACCOUNT/pools/POOL';

/** Findings about accounts and queues are nobody's pool, and so never snoozed. */
const codes = Object.keys(FINDINGS)
  .filter(isFindingCode)
  .filter((code) => FINDINGS[code].subject === 'pool');

export const auditRequestSchema = z
  .strictObject({
    mode: z.literal('audit'),
    requestId: requestIdText
      .optional()
      .describe('Comes back as correlation id of the answer; the id of the message when left out.'),
  })
  .meta({ title: 'Audit request, version 1' }) satisfies z.ZodType<AuditRequest>;

export const snoozeRequestSchema = z
  .strictObject({
    mode: z.literal('snooze'),
    poolId: armIdOf('Microsoft.Batch/batchAccounts/pools', POOL).describe('The pool whose findings are not told.'),
    code: z.enum(codes).optional().describe('Only findings of this code; all of the pool when left out.'),
    until: z.iso
      .datetime({ error: 'must be an instant in UTC, such as 2027-01-31T00:00:00Z' })
      .describe('When the snooze ends; an instant that has passed ends it now.'),
    reason: z.string().max(500, 'must be at most 500 characters').optional().describe('For those who read the ledger.'),
  })
  .meta({ title: 'Snooze request, version 1' }) satisfies z.ZodType<SnoozeRequest>;

export type Request =
  | { readonly asks: 'build'; readonly build: BuildRequest }
  | { readonly asks: 'audit'; readonly audit: AuditRequest }
  | { readonly asks: 'snooze'; readonly snooze: SnoozeRequest };

const asked = z.object({ mode: z.enum(['audit', 'snooze']) });

function parsedAs<T>(parsed: Parsed<T>, request: (message: T) => Request): Parsed<Request> {
  return parsed.ok ? { ok: true, message: request(parsed.message) } : parsed;
}

/** Reads any request; whatever is neither an audit nor a snooze should be a build request. */
export function parseRequest(body: unknown): Parsed<Request> {
  switch (asked.safeParse(jsonOf(body)?.json).data?.mode) {
    case 'audit':
      return parsedAs(parseMessage(auditRequestSchema, body), (audit) => ({ asks: 'audit', audit }));
    case 'snooze':
      return parsedAs(parseMessage(snoozeRequestSchema, body), (snooze) => ({ asks: 'snooze', snooze }));
    case undefined:
      return parsedAs(parseBuildRequest(body), (build) => ({ asks: 'build', build }));
  }
}
