/** What a step knows of the request that it works for: by it log lines, calls to Azure and the answer are put together. */
import { armKey } from './armId';
import { digest, poolIdOf, requestIdOf } from './names';
import type { BuildRequest } from './request';

/** What all steps for one request share. */
export interface Trace {
  readonly correlationId: string;
  /** Name of the pool, and id of the build, as soon as there is one. */
  readonly pool?: string;
  readonly build?: string;
}

/**
 * What an activity is given: its input, and whom it works for. Of its orchestration an activity is told nothing else
 * (azure-functions-durable-js#209, #242).
 */
export interface Work<I> {
  readonly input: I;
  readonly trace: Trace;
  /** Id of the orchestration. */
  readonly instance: string;
  /** How often the orchestration has asked for the same with the same input. */
  readonly attempt: number;
}

const VARIANTS = ['8', '9', 'a', 'b'];

/**
 * The same GUID for the same text: Azure Resource Manager takes no other correlation id (azure-resource-manager-rpc,
 * common-api-details, "Client Request Headers"). Version 8 is for ids that are made in ways of one's own (RFC 9562, 5.8).
 */
export function correlationIdOf(text: string): string {
  const hex = digest(text);
  const variant = VARIANTS[parseInt(hex.slice(16, 17), 16) % VARIANTS.length] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

/** One for each request and pool: a message that comes twice has the same. */
export const requestCorrelationId = (request: BuildRequest): string =>
  correlationIdOf(`${requestIdOf(request)}\n${armKey(poolIdOf(request))}`);

/** One for all that an audit does, whoever asked for it. */
export const auditCorrelationId = (auditId: string): string => correlationIdOf(auditId);

export const traceOfRequest = (request: BuildRequest): Trace => ({
  correlationId: requestCorrelationId(request),
  pool: request.pool.name,
});
