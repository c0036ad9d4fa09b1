/** Plain ARM calls through the SDKs' pipeline, for bodies and paths that its models do not know. */
import { createHttpHeaders, createPipelineRequest, type HttpMethods } from '@azure/core-rest-pipeline';
import * as z from 'zod';
import { fail, succeed, type Outcome } from '../domain/outcome';
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
  const sent = createPipelineRequest({
    url: url.href,
    method: request.method,
    headers: createHttpHeaders({ 'content-type': 'application/json', ...request.headers }),
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
  });
  const outcome = await attempt(doing, () => arm.send(sent));
  if (!outcome.ok) return outcome;
  const { status, headers, bodyAsText } = outcome.value;
  const body = parseJson(bodyAsText);
  if (status < 400) return succeed({ status, headers, body });
  const told = errorBody.safeParse(body).data;
  return fail(answeredFailure(doing, { status, headers, ...told }));
}

/** Why a long-running operation failed: its own record is the only place that says. */
export async function operationError(
  arm: Arm,
  operationUrl: string,
): Promise<Outcome<{ readonly code: string; readonly message: string } | undefined>> {
  const answer = await callArm(arm, 'read why an operation failed', { method: 'GET', url: operationUrl });
  if (!answer.ok) return answer;
  return succeed(errorBody.safeParse(answer.value.body).data);
}
