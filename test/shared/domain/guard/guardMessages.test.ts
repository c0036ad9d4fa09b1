/** The answer to a request for an audit, and the orchestrations that its messages start. */
import { auditAnswerId, auditEvent, snoozeInstanceId, snoozeOf } from '../../../../shared/domain/guard/guardMessages';
import { auditCorrelationId } from '../../../../shared/domain/trace';
import { POOL } from '../../../given/build';
import * as given from '../../../given/guard';

const question = { requestId: 'request-1', messageId: 'message-1' };

it('the answer is the summary, with the id of the request and that of the audit’s calls', () => {
  const summary = given.auditSummary({ status: 'partial' });
  expect(auditEvent(summary, question)).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown,
    source: '/batch-image-pools',
    type: 'BatchImagePools.AuditCompleted',
    subject: 'an-audit',
    time: summary.endedAt,
    datacontenttype: 'application/json',
    data: { ...summary, requestId: 'request-1', correlationId: auditCorrelationId('an-audit') },
  });
});

it('an answer has one id for one message and one audit', () => {
  const id = auditEvent(given.auditSummary(), question).id;
  expect(auditEvent(given.auditSummary({ status: 'findings' }), question).id).toBe(id);
  expect(auditEvent(given.auditSummary(), { ...question, messageId: 'message-2' }).id).not.toBe(id);
  expect(auditEvent(given.auditSummary({ auditId: 'another' }), question).id).not.toBe(id);
});

it('each message has its own orchestration, of a name that Durable Functions takes', () => {
  const ids = ['message/1', 'message#2'].flatMap((one) => [auditAnswerId(one), snoozeInstanceId(one)]);
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^(audit-answer|snooze)-[0-9a-f]{32}$/);
});

it('a snooze has what its message says, and nothing that it does not', () => {
  const until = given.daysFromNow(7);
  expect(snoozeOf({ mode: 'snooze', poolId: POOL, until })).toEqual({ poolId: POOL, until });
  expect(snoozeOf({ mode: 'snooze', poolId: POOL, until, code: 'ImageEnds', reason: 'We move.' })).toEqual({
    poolId: POOL,
    until,
    code: 'ImageEnds',
    reason: 'We move.',
  });
});
