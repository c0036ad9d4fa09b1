/** How Azure Resource Graph says no: what is wrong is in the details. */
import { randomUUID } from 'node:crypto';
import { ArmError } from '../armError';

const support = (): string =>
  `Please provide below info when asking for support: correlationId = ${randomUUID().toLowerCase()}.`;

/** The codes are seen in answers of the service; the words of the second detail are ours. */
export function invalidQuery(reason: string): ArmError {
  const message =
    'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.';
  return new ArmError(400, 'BadRequest', support(), {
    details: [
      { code: 'InvalidQuery', message },
      { code: 'ParserFailure', message: reason },
    ],
  });
}

export function badRequest(code: string, message: string): ArmError {
  return new ArmError(400, 'BadRequest', support(), { details: [{ code, message }] });
}

export function rateLimited(): ArmError {
  const message =
    'Client application has been throttled and should not attempt to repeat the request until an amount of time has ' +
    'elapsed. Please see https://aka.ms/resourcegraph-throttling for help.';
  return new ArmError(429, 'RateLimiting', support(), { details: [{ code: 'RateLimiting', message }] });
}
