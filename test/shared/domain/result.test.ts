import * as fc from 'fast-check';
import { startMaking } from '../../../shared/domain/making';
import { startRemoving } from '../../../shared/domain/removing';
import { phaseOf, stageProgress, removalProgress } from '../../../shared/domain/progress';
import {
  builtAlready,
  failed,
  lostItsDefinition,
  planned,
  preflightRefused,
  refused,
  succeeded,
  summaryOf,
  timing,
  type BuildResult,
} from '../../../shared/domain/result';
import { errorText } from '../../../shared/domain/outcome';
import { resultEvent, type Cause } from '../../../shared/domain/resultEvent';
import type { BuildRequest } from '../../../shared/domain/request';
import type { Verdict } from '../../../shared/domain/verdict';
import { requestCorrelationId } from '../../../shared/domain/trace';
import * as given from '../../given/build';

const cause = (messageId: string) => ({ messageId, fingerprint: 'f' });
const request = given.request();
const plan = given.plan();
const span = {
  startedAtMs: 0,
  endedAtMs: 90_000,
  timings: [timing('image', 0, 89_600)],
  replicas: [],
  closed: undefined,
};
const stop = { step: 'image', resourceId: 'x', code: 'SkuNotAvailable', message: 'No.' } as const;
const RESULTS: readonly BuildResult[] = [
  succeeded(request, plan, given.growthReport(), span),
  builtAlready(request, given.DEFINITION),
  refused(request, 'PreflightRefused', 'No.'),
  planned(request, given.facts(), plan),
  failed(request, plan, stop, { ...span, removed: ['a'], left: [{ id: 'b', why: 'c' }], kept: ['d'] }),
];

describe.each(RESULTS)('the event of $outcome', (result) => {
  const event = resultEvent(result, cause('message-1'), given.STARTED_AT_MS);

  // github.com/cloudevents/spec/blob/v1.0.2: required attributes, and the rules on those that we add.
  it('is a CloudEvent 1.0', () => {
    expect(event).toMatchObject({
      specversion: '1.0',
      type: `BatchImagePools.${result.outcome}`,
      source: '/batch-image-pools',
      subject: given.POOL,
      time: '2026-03-04T05:06:07.000Z',
      datacontenttype: 'application/json',
      data: result,
    });
    expect(event.id).not.toBe('');
    expect(() => new URL(event.source, 'https://example.com')).not.toThrow();
    for (const attribute of Object.keys(event)) expect(attribute).toMatch(/^[a-z0-9]{1,20}$/);
  });

  it('keeps its id however late it is told, and survives the wire', () => {
    expect(resultEvent(result, cause('message-1'), given.STARTED_AT_MS + 5).id).toBe(event.id);
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it('has another id for another message', () => {
    expect(resultEvent(result, cause('message-2'), given.STARTED_AT_MS).id).not.toBe(event.id);
  });
});

describe('the id of an event', () => {
  const idOf = (asked: BuildRequest, changes: Partial<Cause> = {}): string =>
    resultEvent(succeeded(asked, plan, given.growthReport(), span), { ...cause('message-1'), ...changes }, 0).id;

  it.each([
    { label: 'the same again', id: idOf(request), same: true },
    { label: 'another message', id: idOf(request, { messageId: 'message-2' }), same: false },
    { label: 'another request under the same message', id: idOf(request, { fingerprint: 'g' }), same: false },
    { label: 'another request id', id: idOf(given.request({ requestId: 'other' })), same: false },
    {
      label: 'another outcome',
      id: resultEvent(refused(request, 'PreflightRefused', 'No.'), cause('message-1'), 0).id,
      same: false,
    },
  ])('with $label is the same: $same', ({ id, same }) => {
    expect(id === idOf(request)).toBe(same);
  });
});

describe('the end of a build by a definition that went away', () => {
  it.each([
    { step: 'version', code: 'ParentResourceNotFound', lost: true },
    { step: 'version', code: 'ResourceNotFound', lost: false },
    { step: 'pool', code: 'ParentResourceNotFound', lost: false },
  ] as const)('is told by $step and $code: $lost', ({ step, code, lost }) => {
    expect(lostItsDefinition({ ...stop, step, code })).toBe(lost);
  });
});

describe('the text of an error', () => {
  it.each([
    { label: 'an error', error: new Error('No.'), text: 'No.' },
    {
      label: 'what the durable host makes of a failed activity',
      error: new Error("Activity function 'x' failed: No. \n  at here (x.ts:1)\n  at there"),
      text: "Activity function 'x' failed: No.",
    },
    { label: 'a message of several lines', error: new Error('One.\nTwo.'), text: 'One.\nTwo.' },
    { label: 'no error at all', error: 'No.', text: 'No.' },
  ])('of $label has no stack', ({ error, text }) => {
    expect(errorText(error)).toBe(text);
  });
});

describe('results', () => {
  it('each fit into one line of a log', () => {
    expect(RESULTS.map(summaryOf)).toEqual([
      'BuildSucceeded',
      'BuildSucceeded',
      'BuildRefused: No.',
      'BuildPlanned',
      'BuildFailed at image: SkuNotAvailable: No.',
    ]);
  });

  const correlationId = requestCorrelationId(given.request());

  it('say for whom they are', () => {
    for (const result of RESULTS)
      expect(result).toMatchObject({ requestId: 'render-16-nodes', correlationId, poolId: given.POOL });
  });

  it('of a failure say where, why, how long, and what became of the rest', () => {
    expect(RESULTS.at(-1)).toEqual({
      ...{ outcome: 'BuildFailed', requestId: 'render-16-nodes', correlationId, poolId: given.POOL },
      ...{ buildId: plan.buildId, ...stop },
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: '1970-01-01T00:01:30.000Z',
      timings: [
        { step: 'image', startedAt: '1970-01-01T00:00:00.000Z', endedAt: '1970-01-01T00:01:29.600Z', seconds: 90 },
      ],
      replicas: [],
      ...{ removed: ['a'], left: [{ id: 'b', why: 'c' }], kept: ['d'] },
    });
  });
});

describe('a refusal by the preflight', () => {
  const verdict = (code: string, changes: Partial<Verdict> = {}): Verdict => ({
    ...{
      code,
      severity: 'refuse',
      state: 'broken',
      subject: 's',
      message: `${code} says so.`,
      remedy: 'r',
      source: 's',
    },
    ...changes,
  });
  const unread = (code: string, severity: Verdict['severity'], ...because: readonly string[]): Verdict =>
    verdict(code, { severity, state: 'unknown', message: `Could not be checked: ${because.join('; ')}.`, because });
  const vm = 'the app may not read the VM vm (it needs Microsoft.Compute/virtualMachines/read)';
  const sizes = 'the VM sizes that Batch offers could not be read (503)';

  it.each([
    {
      label: 'one rule',
      verdicts: [verdict('AWarning', { severity: 'warn' }), verdict('PoolExists')],
      message: 'the request breaks a rule (PoolExists).',
    },
    {
      label: 'one rule twice and another',
      verdicts: [verdict('ResourceMissing'), verdict('ResourceMissing'), verdict('PoolExists')],
      message: 'the request breaks 2 rules (ResourceMissing, PoolExists).',
    },
    {
      label: 'a rule while others could not be checked',
      verdicts: [verdict('PoolExists'), unread('UnmanagedDisk', 'refuse', vm), unread('CoreQuota', 'warn', sizes)],
      message: 'the request breaks a rule (PoolExists), and 2 rules could not be checked.',
    },
    {
      label: 'a rule while one could not be checked',
      verdicts: [verdict('PoolExists'), unread('CoreQuota', 'warn', sizes)],
      message: 'the request breaks a rule (PoolExists), and a rule could not be checked.',
    },
    {
      label: 'what could not be read, each reason once, and only those that matter',
      verdicts: [
        unread('UnmanagedDisk', 'refuse', vm),
        unread('VmSizeUnknown', 'refuse', vm, sizes),
        unread('CoreQuota', 'warn', 'the cores in use could not be read (503)'),
      ],
      message:
        'it could not be told whether the request can be built, because 3 rules could not be checked. The app may not read the VM vm (it needs Microsoft.Compute/virtualMachines/read). The VM sizes that Batch offers could not be read (503).',
    },
    {
      label: 'a rule that itself says what could not be read',
      verdicts: [verdict('NoPermission', { state: 'unknown', message: 'The app may not read the VM.' })],
      message:
        'it could not be told whether the request can be built, because a rule could not be checked. The app may not read the VM.',
    },
  ])('for $label says so', ({ verdicts, message }) => {
    expect(preflightRefused(request, verdicts)).toMatchObject({
      reason: 'PreflightRefused',
      message: `Nothing was made: ${message}`,
      verdicts,
    });
  });
});

/** DurableOrchestrationContext.SetCustomStatus: at most 16 KB of UTF-16. */
const utf16Bytes = (value: unknown): number => JSON.stringify(value).length * 2;

describe('the progress of a build', () => {
  it('names what is waited for, how far it is, and until when', () => {
    const making = { ...startMaking(given.spec('version'), 0), progress: '40 %' };
    expect(stageProgress('version', [making], 0)).toEqual({
      phase: 'version',
      since: '1970-01-01T00:00:00.000Z',
      waitingFor: [{ name: given.VERSION, progress: '40 %' }],
      deadline: '1970-01-01T06:00:00.000Z',
    });
  });

  it('names what is being taken away', () => {
    const open = startRemoving(given.spec('version'), true, 0);
    const gone = { ...startRemoving(given.spec('image'), true, 0), done: 'gone' as const };
    expect(removalProgress('undo', [open, gone], 0)).toEqual({
      phase: 'undo',
      since: '1970-01-01T00:00:00.000Z',
      waitingFor: [{ name: given.VERSION }],
      deadline: '1970-01-01T01:00:00.000Z',
    });
  });

  it('leaves out what is settled', () => {
    const making = startMaking(given.spec('version'), 0);
    expect(stageProgress('version', [{ ...making, ready: true }], 0).waitingFor).toEqual([]);
    expect(phaseOf('undo', 0).waitingFor).toEqual([]);
  });

  const imageName = 'n'.repeat(80);
  const progressFor = (disks: number) => {
    const facts = given.facts({ machine: given.there(given.machineWithDisks(disks)) });
    const image = { name: imageName, resourceGroup: 'g'.repeat(90) };
    const [snapshots] = given.stages(given.request({ image }), facts);
    const makings = (snapshots?.resources ?? []).map((spec) => ({ ...startMaking(spec, 0), progress: 'Creating' }));
    return stageProgress('snapshots', makings, 0);
  };

  it('fits into the custom status for any number of disks, whatever their names', () => {
    fc.assert(fc.property(fc.nat(64), (disks) => expect(utf16Bytes(progressFor(disks))).toBeLessThanOrEqual(16_384)));
  });

  it('says how many more there are than it lists', () => {
    const { waitingFor, andMore } = progressFor(64);
    // A snapshot of each disk, and the definition beside them.
    expect(waitingFor.length + (andMore ?? 0)).toBe(66);
    expect(progressFor(2)).not.toHaveProperty('andMore');
  });
});
