/** The table of resize errors, row by row, with errors as Azure sends them; which of several decides; and any text at all. */
import fc from 'fast-check';
import type { ResizeError } from '../../../../shared/domain/growth/poolLook';
import type { ResizeErrorRow } from '../../../../shared/domain/growth/resizeErrorRow';
import { decidingError, verdictOn } from '../../../../shared/domain/growth/resizeErrors';
import { RESIZE_ERRORS, VAGUE_CODES } from '../../../../shared/domain/growth/resizeErrorTable';
import type { ResizeVerdict } from '../../../../shared/domain/growth/verdictOnErrors';

const NOT_ALLOCATED = 'Desired number of dedicated nodes could not be allocated';

const bare = (code: string, message = NOT_ALLOCATED): ResizeError => ({ code, message, details: [] });

const failed = (...details: ResizeError['details']): ResizeError => ({
  code: 'AllocationFailed',
  message: NOT_ALLOCATED,
  details,
});

const because = (reason: string): ResizeError => failed({ code: 'Reason', message: reason });

const provided = (code: string, message = 'It was refused.'): ResizeError =>
  failed(
    { code: 'Reason', message: 'The request failed at the provider.' },
    { code: 'Provider Error Json', message: JSON.stringify({ error: { code, message } }) },
    { code: 'Provider Error Json Truncated', message: 'False' },
  );

/** The verdict in short: `retryLater 15`, `giveUp quota`. */
const inShort = (verdict: ResizeVerdict | undefined): string =>
  [verdict?.decision, verdict?.afterMinutes, verdict?.cause].filter((part) => part !== undefined).join(' ');

interface Example {
  readonly label: string;
  readonly error: ResizeError;
  readonly is: string;
  readonly says: string;
}

const CODE_EXAMPLES: readonly Example[] = [
  ...[
    'AccountCoreQuotaReached',
    'AccountLowPriorityCoreQuotaReached',
    'AccountSpotCoreQuotaReached',
    'AccountVMSeriesCoreQuotaReached',
  ].map((code) => ({
    label: code,
    error: bare(code, 'The specified account has reached its quota'),
    is: 'giveUp quota',
    says: 'Ask for more of it',
  })),
  { label: 'AllocationTimedOut', error: bare('AllocationTimedOut'), is: 'retryNow', says: 'raise resizeTimeout' },
  { label: 'its older casing', error: bare('AllocationTimedout'), is: 'retryNow', says: 'AllocationTimedout: ' },
  { label: 'ResizeStopped', error: bare('ResizeStopped'), is: 'retryLater 5', says: 'Someone stopped' },
  { label: 'RemoveNodesFailed', error: bare('RemoveNodesFailed'), is: 'retryNow', says: 'could not be removed' },
  {
    label: 'OverconstrainedAllocationRequestError',
    error: bare('OverconstrainedAllocationRequestError'),
    is: 'stepDown',
    says: 'so many nodes',
  },
  { label: 'BatchOutOfCapacity', error: bare('BatchOutOfCapacity'), is: 'retryLater 15', says: 'another region' },
  {
    label: 'CommunicationEnabledPoolReachedMaxVMCount',
    error: bare('CommunicationEnabledPoolReachedMaxVMCount'),
    is: 'giveUp configuration',
    says: 'Leave out interNodeCommunication',
  },
  {
    label: 'DependentResourceNotFound',
    error: bare('DependentResourceNotFound', 'A dependent resource specified for the Pool was not found.'),
    is: 'diagnose',
    says: 'Restore the resource that Azure names',
  },
  {
    label: 'DiskEncryptionFailure',
    error: bare('DiskEncryptionFailure'),
    is: 'giveUp configuration',
    says: 'diskEncryptionConfiguration',
  },
  {
    label: 'FailedIdentityOperation',
    error: bare('FailedIdentityOperation'),
    is: 'retryLater 5',
    says: 'user-assigned identity',
  },
  { label: 'IncompatibleVMSize', error: bare('IncompatibleVMSize'), is: 'giveUp configuration', says: 'VM size' },
  {
    label: 'MissingPublisherPropertyInMarketPlacePlan',
    error: bare('MissingPublisherPropertyInMarketPlacePlan'),
    is: 'giveUp configuration',
    says: 'purchase plan',
  },
  { label: 'UnsupportedVMSize', error: bare('UnsupportedVMSize'), is: 'giveUp configuration', says: 'list-skus' },
  { label: 'AllocationFailed alone', error: bare('AllocationFailed'), is: 'diagnose', says: 'does not say why' },
  { label: 'Unknown', error: bare('Unknown'), is: 'diagnose', says: 'Batch itself does not know' },
  { label: 'a code of tomorrow', error: bare('NodesOnStrike'), is: 'diagnose', says: 'NodesOnStrike: Desired' },
];

const REASON_EXAMPLES: readonly Example[] = [
  {
    label: 'an image that is not found',
    error: because('The specified image is not found'),
    is: 'diagnose',
    says: 'The specified image is not found.',
  },
  {
    label: 'a version without a replica',
    error: provided('GalleryImageNotFound', 'The gallery image is not available in westeurope region.'),
    is: 'diagnose',
    says: 'GalleryImageNotFound: The gallery image is not available in westeurope region.',
  },
  {
    label: 'an error of Azure',
    error: because('The server encountered an internal error.'),
    is: 'retryNow',
    says: 'Azure stumbled',
  },
  { label: 'InternalServerError', error: provided('InternalServerError'), is: 'retryNow', says: 'InternalServerError' },
  {
    label: 'NetworkingInternalOperationError',
    error: provided('NetworkingInternalOperationError'),
    is: 'retryNow',
    says: 'Azure stumbled',
  },
  {
    label: 'a lack of capacity in words',
    error: because(
      'Deployment allocation failed due to insufficient capacity for the requested VM size in the region.',
    ),
    is: 'retryLater 15',
    says: 'no more nodes of this size',
  },
  ...['ZonalAllocationFailed', 'AllocationFailed', 'SkuNotAvailable', 'skunotavailable'].map((code) => ({
    label: code,
    error: provided(code),
    is: 'retryLater 15',
    says: 'no more nodes of this size',
  })),
  ...['OverconstrainedAllocationRequest', 'OverconstrainedZonalAllocationRequest'].map((code) => ({
    label: code,
    error: provided(code),
    is: 'stepDown',
    says: 'so many nodes of this size at once',
  })),
  {
    label: 'a delegated subnet',
    error: because('Allocation failed as subnet has delegation to external resources.'),
    is: 'giveUp configuration',
    says: 'Give the pool a subnet without a delegation',
  },
  {
    label: 'terms that were not accepted',
    error: because('Allocation failed due to marketplace purchase eligibility'),
    is: 'giveUp configuration',
    says: 'az vm image terms accept',
  },
  {
    label: 'a lock',
    error: provided('ScopeLocked', "The scope '/subscriptions/0/resourceGroups/rg-net' is locked by 'keep'."),
    is: 'giveUp configuration',
    says: "'/subscriptions/0/resourceGroups/rg-net' is locked by 'keep'. Remove the lock",
  },
  {
    label: 'the wrong generation',
    error: provided('BadRequest', "The selected VM size 'STANDARD_A1_V2' cannot boot Hypervisor Generation '2'."),
    is: 'giveUp configuration',
    says: "'STANDARD_A1_V2'",
  },
  {
    label: 'an image for Trusted Launch only',
    error: provided('BadRequest', "The image only supports VMs with 'TrustedLaunch' security type"),
    is: 'giveUp configuration',
    says: 'securityProfile',
  },
  { label: 'QuotaExceeded', error: provided('QuotaExceeded'), is: 'giveUp quota', says: 'Ask for the quota' },
  {
    label: 'a quota as OperationNotAllowed',
    error: provided('OperationNotAllowed', 'Operation results in exceeding approved standardDSv5Family Cores quota.'),
    is: 'giveUp quota',
    says: 'standardDSv5Family',
  },
  {
    label: 'OperationNotAllowed for another reason',
    error: provided('OperationNotAllowed', 'The scale set is being updated.'),
    is: 'diagnose',
    says: 'The scale set is being updated.',
  },
];

const EXAMPLES = [...CODE_EXAMPLES, ...REASON_EXAMPLES];

describe('the table', () => {
  it.each(EXAMPLES)('$label is $is', ({ error, is, says }) => {
    const verdict = verdictOn([error]);
    expect(inShort(verdict)).toBe(is);
    expect(verdict?.code).toBe(error.code);
    expect(verdict?.sentence).toContain(says);
    expect(verdict?.sentence).toMatch(/[.?!]$/);
  });

  it.each(EXAMPLES)('$label is the same in any casing of the code', ({ error, is }) => {
    expect(inShort(verdictOn([{ ...error, code: error.code.toUpperCase() }]))).toBe(is);
  });

  it('has an example here for every row', () => {
    const rows = new Set(EXAMPLES.map(({ error }) => decidingError([error])?.row));
    expect(RESIZE_ERRORS.filter((row) => !rows.has(row))).toEqual([]);
  });

  it('has each code, and each code with its reasons, once, and says whole sentences', () => {
    const keys = RESIZE_ERRORS.map(({ code, reason }) => JSON.stringify([code?.toLowerCase(), reason]));
    expect(new Set(keys).size).toBe(keys.length);
    for (const { meaning, remedy } of RESIZE_ERRORS) for (const text of [meaning, remedy]) expect(text).toMatch(/\.$/);
  });

  it.each(['Unknown', 'NodesOnStrike'])('looks for reasons under %s, too', (code) => {
    expect(inShort(verdictOn([{ ...provided('ScopeLocked'), code }]))).toBe('giveUp configuration');
    expect(VAGUE_CODES).not.toContain('NodesOnStrike');
  });

  it('looks for no reasons under a code that says why', () => {
    expect(inShort(verdictOn([{ ...provided('ScopeLocked'), code: 'AllocationTimedOut' }]))).toBe('retryNow');
  });
});

describe('the error of the provider', () => {
  const withJson = (json: string): ResizeError =>
    failed({ code: 'Provider Error Json', message: json }, { code: 'Provider Error Json Truncated', message: 'True' });

  it.each<{ label: string; json: string; is: string; says: string }>([
    {
      label: 'is found among the details of another',
      json: '{"error":{"code":"DeploymentFailed","message":"See details","details":[{"code":"ScopeLocked","message":"A lock"}]}}',
      is: 'giveUp configuration',
      says: 'DeploymentFailed: See details. ScopeLocked: A lock.',
    },
    {
      label: 'is found in a message that is JSON',
      json: JSON.stringify({
        error: { code: 'Failed', message: '{"error":{"code":"QuotaExceeded","message":"Full"}}' },
      }),
      is: 'giveUp quota',
      says: 'Failed. QuotaExceeded: Full.',
    },
    {
      label: 'is found within an inner error',
      json: '{"code":"Failed","innererror":{"code":"SkuNotAvailable"}}',
      is: 'retryLater 15',
      says: 'Failed. SkuNotAvailable.',
    },
    {
      label: 'is read when its message was cut off',
      json: '{"error":{"code":"ScopeLocked","message":"The scope \'rg-net\' can',
      is: 'giveUp configuration',
      says: "ScopeLocked: The scope 'rg-net' can.",
    },
    {
      label: 'is read when it was cut off behind a quotation',
      json: '{"error":{"code":"BadRequest","message":"The size \\"A1\\" cannot boot Hypervisor Generation 2, and',
      is: 'giveUp configuration',
      says: 'BadRequest: The size "A1" cannot boot Hypervisor Generation 2, and.',
    },
    {
      label: 'is read when JSON within JSON was cut off',
      json: '{"error":{"code":"Failed","message":"{\\"error\\":{\\"code\\":\\"InternalServerError\\",\\"mess',
      is: 'retryNow',
      says: 'InternalServerError',
    },
    {
      label: 'is not there when only its code was cut off',
      json: '{"error":{"co',
      is: 'diagnose',
      says: '{"error":{"co',
    },
    { label: 'is told as it is when it is no JSON', json: 'Bad Gateway', is: 'diagnose', says: 'Bad Gateway.' },
    { label: 'is told as it is when it is no error', json: '42', is: 'diagnose', says: ' 42.' },
  ])('$label', ({ json, is, says }) => {
    const verdict = verdictOn([withJson(json)]);
    expect(inShort(verdict)).toBe(is);
    expect(verdict?.sentence).toContain(says);
  });

  it('is told at a bearable length', () => {
    const verdict = verdictOn([withJson('😀'.repeat(50_000))]);
    expect(verdict?.sentence.length).toBeLessThan(2_500);
    expect(verdict?.sentence.isWellFormed()).toBe(true);
  });
});

it('is read in no time when it is all backslashes', () => {
  const json = `{"code${'\\\\'.repeat(100_000)}`;
  const startedMs = performance.now();
  expect(inShort(verdictOn([failed({ code: 'Provider Error Json', message: json })]))).toBe('diagnose');
  expect(performance.now() - startedMs).toBeLessThan(1_000);
});

describe('several errors', () => {
  const ORDERED: readonly ResizeError[] = [
    bare('AccountCoreQuotaReached'),
    bare('AllocationFailed'),
    bare('OverconstrainedAllocationRequestError'),
    bare('BatchOutOfCapacity'),
    bare('ResizeStopped'),
    bare('AllocationTimedOut'),
  ];

  it('are decided by the one that rules out most, wherever it stands', () => {
    const some = fc.shuffledSubarray([...ORDERED], { minLength: 1 });
    fc.assert(
      fc.property(some, (errors) => {
        const first = ORDERED.find((error) => errors.includes(error));
        expect(verdictOn(errors)?.code).toBe(first?.code);
      }),
    );
  });

  it('are all named', () => {
    expect(verdictOn(ORDERED)?.sentence).toContain(
      'Azure also reported AllocationFailed, OverconstrainedAllocationRequestError, BatchOutOfCapacity, ResizeStopped and AllocationTimedOut.',
    );
    expect(verdictOn([bare('AllocationTimedOut'), bare('AllocationTimedout')])?.sentence).not.toContain('also');
  });

  it('are decided by the first of those that weigh the same', () => {
    const two = [bare('AccountSpotCoreQuotaReached'), bare('AccountCoreQuotaReached')];
    expect(verdictOn(two)?.code).toBe('AccountSpotCoreQuotaReached');
  });

  it('are no verdict when there are none', () => expect(verdictOn([])).toBeUndefined());
});

describe('any text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => json.slice(0, json.length / 2)),
    fc.constantFrom('AllocationFailed', 'Reason', 'Provider Error Json', '{"error":{"code":', '__proto__'),
    fc.nat({ max: 5_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
    fc.nat({ max: 50 }).map((depth) => '{"error":'.repeat(depth) + '{"code":"X"}' + '}'.repeat(depth)),
  );
  const detail = fc.record({ code: fc.oneof(fc.constant('Provider Error Json'), text), message: text });
  const error: fc.Arbitrary<ResizeError> = fc.record({ code: text, message: text, details: fc.array(detail) });

  it('brings a verdict that is plain data, and never throws', () => {
    fc.assert(
      fc.property(fc.array(error, { minLength: 1, maxLength: 3 }), (errors) => {
        const verdict = verdictOn(errors);
        expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
        expect(verdict?.afterMinutes !== undefined).toBe(verdict?.decision === 'retryLater');
        expect(verdict?.cause !== undefined).toBe(verdict?.decision === 'giveUp');
      }),
    );
  });
});

// The table's order matters only among rows of one code: what no resize gets past stands before what passes.
it('gives up when one error has a reason to give up and a reason to wait', () => {
  const both = failed(
    { code: 'Reason', message: 'Deployment allocation failed due to insufficient capacity' },
    { code: 'Provider Error Json', message: '{"error":{"code":"QuotaExceeded","message":"Full"}}' },
  );
  expect(inShort(verdictOn([both]))).toBe('giveUp quota');
  const row: ResizeErrorRow | undefined = decidingError([both])?.row;
  expect(row?.code).toBe('AllocationFailed');
});
