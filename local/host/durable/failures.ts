/** The words and shapes in which Azure reports what went wrong in an activity or an orchestrator. */
import { z } from 'zod';
import type { FailureDetails } from './events';

export interface TaskFailure {
  readonly Reason: string;
  readonly Details: string;
  readonly FailureDetails?: FailureDetails;
}

/** What the library makes of an error when the app has set an exception properties provider. */
const structuredSchema = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  stackTrace: z.string().optional(),
  isNonRetriable: z.boolean(),
  properties: z.record(z.string(), z.unknown()),
});

/** Errors come from the app, too, which may live in a realm of its own. */
export function isError(error: unknown): error is Error {
  return error instanceof Error || Object.prototype.toString.call(error) === '[object Error]';
}

export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** TaskActivityShim: the reason names the activity, the details are the serialized exception. */
export function activityFailure(name: string, error: unknown): TaskFailure {
  const structured = structuredFailure(messageOf(error));
  const message = structured?.ErrorMessage ?? messageOf(error);
  const exception = {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: message,
    StackTraceString: isError(error) ? error.stack : null,
  };
  const failure = { Reason: `Activity function '${name}' failed: ${message}`, Details: JSON.stringify(exception) };
  return structured === undefined ? failure : { ...failure, FailureDetails: structured };
}

function structuredFailure(message: string): FailureDetails | undefined {
  if (!message.startsWith('{')) return undefined;
  try {
    const { errorType, errorMessage, stackTrace, isNonRetriable, properties } = structuredSchema.parse(
      JSON.parse(message),
    );
    return {
      ErrorType: errorType,
      ErrorMessage: errorMessage,
      StackTrace: stackTrace,
      IsNonRetriable: isNonRetriable,
      Properties: properties,
    };
  } catch {
    return undefined; // An ordinary message that happens to start with a brace.
  }
}

export function orchestratorFailed(name: string, message: string): string {
  return `Orchestrator function '${name}' failed: ${message}`;
}

/** DurableTaskExtension.GetInvalidActivityFunctionMessage and its sibling. */
export function notRegistered(name: string, kind: 'activity' | 'orchestrator'): string {
  return (
    `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. ` +
    `Additional info: no ${kind} function of that name is registered in this host.`
  );
}
