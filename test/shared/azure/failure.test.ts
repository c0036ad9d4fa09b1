/** What the SDKs throw, sorted into the kinds that decide whether waiting can help. */
import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline';
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { ServiceBusError, type ServiceBusErrorCode } from '@azure/service-bus';
import { attempt, answeredFailure, failureOf, retryAfterMs } from '../../../shared/azure/failure';
import type { FailureKind } from '../../../shared/domain/outcome';

const request = createPipelineRequest({ url: 'https://management.azure.com/' });

const answered = (status: number, code?: string, headers: Record<string, string> = {}): RestError =>
  new RestError('No.', {
    statusCode: status,
    ...(code === undefined ? {} : { code }),
    request,
    response: { status, request, headers: createHttpHeaders(headers) },
  });

interface Row {
  readonly status: number;
  readonly code?: string;
  readonly kind: FailureKind;
}

const ANSWERS: readonly Row[] = [
  { status: 400, code: 'InvalidParameter', kind: 'rejected' },
  { status: 400, code: 'InvalidPropertyValue', kind: 'rejected' },
  { status: 401, code: 'InvalidAuthenticationToken', kind: 'unavailable' },
  { status: 403, code: 'AuthorizationFailed', kind: 'forbidden' },
  { status: 404, code: 'ResourceNotFound', kind: 'notFound' },
  { status: 404, code: 'ResourceGroupNotFound', kind: 'notFound' },
  { status: 404, code: 'ParentResourceNotFound', kind: 'notFound' },
  { status: 408, kind: 'unavailable' },
  { status: 409, code: 'Conflict', kind: 'conflict' },
  { status: 409, code: 'AnotherOperationInProgress', kind: 'conflict' },
  { status: 409, code: 'CannotDeleteResource', kind: 'conflict' },
  { status: 409, code: 'OperationPreempted', kind: 'conflict' },
  { status: 409, code: 'PoolBeingDeleted', kind: 'conflict' },
  { status: 409, code: 'PoolBeingResized', kind: 'conflict' },
  { status: 409, code: 'poolbeingresized', kind: 'conflict' },
  { status: 409, code: 'RetryableError', kind: 'conflict' },
  { status: 409, code: 'RetryableErrorDueToAnotherOperation', kind: 'conflict' },
  { status: 409, code: 'ScopeLocked', kind: 'rejected' },
  { status: 409, code: 'OperationNotAllowed', kind: 'rejected' },
  { status: 409, code: 'PropertyChangeNotAllowed', kind: 'rejected' },
  { status: 409, code: 'PoolQuotaReached', kind: 'rejected' },
  { status: 409, code: 'DeleteGalleryImageVersionBlockedBeforeEndOfLife', kind: 'rejected' },
  { status: 409, kind: 'rejected' },
  { status: 412, code: 'ConditionNotMet', kind: 'rejected' },
  { status: 429, code: 'TooManyRequests', kind: 'throttled' },
  { status: 429, code: 'RetryableErrorDueToAnotherOperation', kind: 'throttled' },
  { status: 500, code: 'InternalServerError', kind: 'unavailable' },
  { status: 501, code: 'NotSupported', kind: 'unavailable' },
  { status: 502, kind: 'unavailable' },
  { status: 503, code: 'ServiceUnavailable', kind: 'unavailable' },
  { status: 504, code: 'GatewayTimeout', kind: 'unavailable' },
];

describe('an answer', () => {
  it.each(ANSWERS)('with $status $code is $kind', ({ status, code, kind }) => {
    expect(failureOf('read VM a', answered(status, code))).toEqual({
      kind,
      code: code ?? `Http${status}`,
      status,
      message: `Tried to read VM a; Azure answered ${status} ${code ?? `Http${status}`}: No.`,
    });
  });

  it('means the same to the raw calls as to the SDK clients', () => {
    for (const { status, code, kind } of ANSWERS) {
      expect(answeredFailure('look', { status, ...(code === undefined ? {} : { code }) }).kind).toBe(kind);
    }
  });

  it.each([
    { label: 'no details', details: undefined, message: 'No.' },
    { label: 'an empty list', details: [], message: 'No.' },
    { label: 'one', details: [{ code: 'Reason', message: 'Too small.' }], message: 'No. (Reason: Too small.)' },
    {
      label: 'two',
      details: [
        { code: 'PropertyName', message: 'vmSize' },
        { code: 'PropertyPath', message: 'properties.vmSize', target: 'x' },
      ],
      message: 'No. (PropertyName: vmSize; PropertyPath: properties.vmSize)',
    },
    { label: 'what is no list of details', details: 'x', message: 'No.' },
    { label: 'a detail without a message', details: [{ code: 'Reason' }], message: 'No.' },
  ])('with $label behind it tells them, too', ({ details, message }) => {
    const error = Object.assign(answered(400, 'InvalidRequestBody'), {
      details: { error: { code: 'InvalidRequestBody', message: 'No.', ...(details === undefined ? {} : { details }) } },
    });
    expect(failureOf('look', error)?.message).toBe(`Tried to look; Azure answered 400 InvalidRequestBody: ${message}`);
  });

  it('without a message says so', () => {
    expect(answeredFailure('look', { status: 502 }).message).toBe(
      'Tried to look; Azure answered 502 Http502: no message',
    );
  });

  it('that asks to stay away says for how long', () => {
    const error = answered(429, 'TooManyRequests', { 'Retry-After': '480' });
    expect(failureOf('look', error)).toMatchObject({ kind: 'throttled', retryAfterMs: 480_000 });
  });
});

describe('Retry-After', () => {
  const DATE = 'Sat, 21 Nov 2026 08:00:00 GMT';
  it.each([
    { label: 'seconds', headers: { 'retry-after': '7' }, ms: 7_000 },
    { label: 'no time at all', headers: { 'retry-after': '0' }, ms: 0 },
    { label: 'many hours', headers: { 'retry-after': '86400' }, ms: 86_400_000 },
    {
      label: "a date, by the server's own clock",
      headers: { 'retry-after': 'Sat, 21 Nov 2026 08:02:30 GMT', date: DATE },
      ms: 150_000,
    },
    { label: 'a date that has passed', headers: { 'retry-after': 'Sat, 21 Nov 2026 07:00:00 GMT', date: DATE }, ms: 0 },
    {
      label: 'a date without a clock to read it by',
      headers: { 'retry-after': 'Sat, 21 Nov 2026 08:02:30 GMT' },
      ms: undefined,
    },
    { label: 'garbage', headers: { 'retry-after': 'soon', date: DATE }, ms: undefined },
    { label: 'nothing', headers: { date: DATE }, ms: undefined },
  ])('of $label', ({ headers, ms }) => {
    expect(retryAfterMs(createHttpHeaders(headers))).toBe(ms);
  });

  it('of an answer that never came', () => {
    expect(retryAfterMs(undefined)).toBeUndefined();
  });
});

describe('no answer', () => {
  it('is unavailable, whatever the SDK calls it', () => {
    const error = new RestError('read ECONNRESET', { code: 'ECONNRESET', request });
    expect(failureOf('read VM a', error)).toEqual({
      kind: 'unavailable',
      code: 'ECONNRESET',
      message: 'Tried to read VM a; no answer: read ECONNRESET',
    });
    expect(failureOf('look', new RestError('gone'))).toMatchObject({ kind: 'unavailable', code: 'NoAnswer' });
  });

  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ECONNABORTED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EPIPE',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ])('for %s of the network is unavailable', (code) => {
    const error = Object.assign(new Error('broken'), { code });
    expect(failureOf('look', error)).toEqual({ kind: 'unavailable', code, message: 'Tried to look; broken' });
  });
});

it('a request that got no answer in time is unavailable', () => {
  expect(failureOf('look', Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }))).toEqual({
    kind: 'unavailable',
    code: 'AbortError',
    message: 'Tried to look; The operation was aborted.',
  });
});

describe('an error of the identity', () => {
  it.each<{ readonly error: Error; readonly code: string }>([
    { error: new CredentialUnavailableError('no endpoint'), code: 'CredentialUnavailableError' },
    { error: new AuthenticationError(500, { error: 'down', error_description: 'down' }), code: 'AuthenticationError' },
  ])('is unavailable: $code', ({ error, code }) => {
    expect(failureOf('look', error)).toMatchObject({ kind: 'unavailable', code });
  });
});

describe('errors of several identities together', () => {
  // failureOf looks into `errors` before it looks at the name, so what is in there decides: nothing, or a name it lacks.
  it.each([
    { label: 'none', errors: [] },
    {
      label: 'a kind of its own',
      errors: [Object.assign(new Error('log in'), { name: 'AuthenticationRequiredError' })],
    },
  ])('are unavailable, whatever is among them: $label', ({ errors }) => {
    const error = new AggregateAuthenticationError(errors, 'ChainedTokenCredential authentication failed.');
    expect(failureOf('look', error)).toMatchObject({ kind: 'unavailable' });
  });

  it('are unavailable when the endpoint of the managed identity is down', () => {
    const error = new AggregateAuthenticationError([new CredentialUnavailableError('no endpoint')], 'failed.');
    expect(failureOf('look', error)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('an error of Service Bus', () => {
  it('for a refused connection is unavailable, although the SDK says that waiting does not help', () => {
    const known = { name: 'MessagingError', code: 'GeneralError', retryable: false, syscall: 'connect' };
    const error = Object.assign(new Error('ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:5672'), known);
    expect(failureOf('send', error)).toMatchObject({ kind: 'unavailable' });
  });

  it.each<{ readonly code: ServiceBusErrorCode; readonly kind: FailureKind }>([
    { code: 'ServiceCommunicationProblem', kind: 'unavailable' },
    { code: 'ServiceBusy', kind: 'unavailable' },
    { code: 'ServiceTimeout', kind: 'unavailable' },
    { code: 'MessagingEntityNotFound', kind: 'rejected' },
    { code: 'UnauthorizedAccess', kind: 'rejected' },
    { code: 'MessageSizeExceeded', kind: 'rejected' },
  ])('$code is $kind, as the SDK says whether it may pass', ({ code, kind }) => {
    const error = Object.assign(new ServiceBusError('No.', code), { retryable: kind === 'unavailable' });
    expect(failureOf('send', error)).toEqual({ kind, code, message: 'Tried to send; No.' });
  });
});

describe('what failed more than once', () => {
  // core-amqp's retry throws an AggregateError of all tries when there was more than one; failureOf does not look into it.
  it('is what the last try met', () => {
    const lost = Object.assign(new ServiceBusError('Lost.', 'ServiceCommunicationProblem'), { retryable: true });
    const late = Object.assign(new ServiceBusError('Late.', 'ServiceTimeout'), { retryable: true });
    expect(failureOf('send', new AggregateError([lost, late]))).toMatchObject({
      kind: 'unavailable',
      code: 'ServiceTimeout',
      message: 'Tried to send; Late.',
    });
  });
});

describe('an answer that broke off', () => {
  // core-client throws PARSE_ERROR with the status 200 of the answer, which kindOf takes for a refusal.
  it('is unavailable: the next one may be whole', () => {
    const error = new RestError('Unexpected end of JSON input', { code: RestError.PARSE_ERROR, statusCode: 200 });
    expect(failureOf('look', error)).toMatchObject({ kind: 'unavailable', code: 'PARSE_ERROR' });
  });
});

describe('anything else', () => {
  it.each([
    ['a bug', new TypeError('x is not a function')],
    ['a code that is not the network’s', Object.assign(new Error('no such file'), { code: 'ENOENT' })],
    ['no error at all', 'text'],
    ['nothing', undefined],
  ])('is not Azure’s: %s', (_, error) => {
    expect(failureOf('look', error)).toBeUndefined();
  });

  it('passes through', async () => {
    const bug = new TypeError('x is not a function');
    await expect(attempt('look', () => Promise.reject(bug))).rejects.toBe(bug);
  });

  it('does not hide a value', async () => {
    expect(await attempt('look', () => Promise.resolve(3))).toEqual({ ok: true, value: 3 });
  });
});
