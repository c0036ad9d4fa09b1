/** Plain ARM calls through the SDKs' pipeline, for bodies and paths that its models do not know. */
import { createHttpHeaders, createPipelineRequest, type HttpMethods } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { fail, succeed, type Failure, type Outcome } from '../domain/outcome';
import type { Arm } from './clients';
import { answeredFailure, attempt, errorDetails, withDetails } from './failure';

export interface ArmRequest {
  readonly method: HttpMethods;
  /** A path below the endpoint, with its query, or a URL that Azure gave for following an operation. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ArmAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | undefined };
  readonly body: unknown;
}

const errorBody = z
  .object({ error: z.object({ code: z.string(), message: z.string(), details: errorDetails }) })
  .transform(({ error: { code, message, details } }) => ({ code, message: withDetails(message, details) }));

const parseJson = (text: string | null | undefined): unknown => {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Sends one request with the app's token; any answer from 400 on is a failure. */
export async function callArm(arm: Arm, doing: string, request: ArmRequest): Promise<Outcome<ArmAnswer>> {
  const { armEndpoint } = arm.settings;
  const url = new URL(request.url, armEndpoint);
  if (url.origin !== new URL(armEndpoint).origin) {
    return fail({ kind: 'rejected', code: 'ForeignUrl', message: `Tried to ${doing}, but ${url.origin} is not ARM.` });
  }
  const answer = await answerTo(doing, url, request, (sent) => arm.send(sent));
  if (!answer.ok || answer.value.status < 400) return answer;
  const { status, headers, body } = answer.value;
  return fail(answeredFailure(doing, { status, headers, ...errorBody.safeParse(body).data }));
}

/**
 * A server may close a connection that was kept open in the very moment in which it is used again: the read is then made
 * once more, on a fresh one (RFC 9110, 9.2.2). For surveys that would otherwise leave one of many things unknown.
 */
export async function readAgainIfCut<T>(read: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const answer = await read();
  return !answer.ok && answer.failure.code === 'ECONNRESET' ? read() : answer;
}

async function answerTo(
  doing: string,
  url: URL,
  { method, headers: more, body: sentBody }: ArmRequest,
  send: Arm['send'],
): Promise<Outcome<ArmAnswer>> {
  const sent = createPipelineRequest({
    url: url.href,
    method,
    headers: createHttpHeaders({ 'content-type': 'application/json', ...more }),
    ...(sentBody === undefined ? {} : { body: JSON.stringify(sentBody) }),
  });
  const outcome = await attempt(doing, () => send(sent));
  if (!outcome.ok) return outcome;
  const { status, headers, bodyAsText } = outcome.value;
  return succeed({ status, headers, body: parseJson(bodyAsText) });
}

/** The data plane's own way of saying no (rest/api/batchservice, "Error codes"); further lines name request and time. */
const batchErrorBody = z
  .object({ code: z.string(), message: z.object({ value: z.string() }) })
  .transform(({ code, message }) => ({ code, message: message.value.split('\n')[0] ?? '' }));

/** Reads from the data plane of a Batch account; `endpoint` is its host, as Azure Resource Manager names it. */
export async function readBatch(
  arm: Arm,
  doing: string,
  { endpoint, path }: { readonly endpoint: string; readonly path: string },
): Promise<Outcome<ArmAnswer>> {
  const url = new URL(path, `https://${endpoint}`);
  if (url.host !== new URL(`https://${endpoint}`).host) {
    return fail({
      kind: 'rejected',
      code: 'ForeignUrl',
      message: `Tried to ${doing}, but ${url.host} is not ${endpoint}.`,
    });
  }
  url.searchParams.set('api-version', arm.settings.batchDataApiVersion);
  const answer = await answerTo(doing, url, { method: 'GET', url: url.href }, (sent) => arm.sendToBatch(sent));
  if (!answer.ok || answer.value.status < 400) return answer;
  const { status, headers, body } = answer.value;
  return fail(answeredFailure(doing, { status, headers, ...batchErrorBody.safeParse(body).data }));
}

/** Every item of a list, page after page; the first page that fails ends it. */
export async function readPages<T>(
  first: string,
  page: z.ZodType<{ readonly items: readonly T[]; readonly next?: string | undefined }>,
  read: (url: string) => Promise<Outcome<ArmAnswer>>,
): Promise<Outcome<readonly T[]>> {
  const items: T[] = [];
  for (let url: string | undefined = first; url !== undefined;) {
    const answer: Outcome<ArmAnswer> = await read(url);
    if (!answer.ok) return answer;
    const parsed = page.safeParse(answer.value.body);
    if (!parsed.success) return fail(notUnderstood(url, parsed.error));
    items.push(...parsed.data.items);
    url = parsed.data.next;
  }
  return succeed(items);
}

const notUnderstood = (url: string, error: z.ZodError): Failure => ({
  kind: 'rejected',
  code: 'AnswerNotUnderstood',
  message: `The answer of ${new URL(url, 'https://arm').pathname} is not what its documentation says: ${z.prettifyError(error)}`,
});

/** Why a long-running operation failed: its own record is the only place that says. */
export async function operationError(
  arm: Arm,
  operationUrl: string,
): Promise<Outcome<{ readonly code: string; readonly message: string } | undefined>> {
  const answer = await callArm(arm, 'read why an operation failed', { method: 'GET', url: operationUrl });
  if (!answer.ok) return answer;
  return succeed(errorBody.safeParse(answer.value.body).data);
}
