/** A refusal in Azure's words: the status and the error body that ARM and its resource providers answer with. */

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
}

interface Extras {
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
}

/** Thrown while a request is handled; the server turns it into the answer. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly extras: Extras;

  constructor(status: number, code: string, message: string, extras: Extras = {}) {
    super(message);
    this.name = 'ArmError';
    this.status = status;
    this.code = code;
    this.extras = extras;
  }

  /** `{error:{code,message}}`, as in azure-resource-manager-rpc's error details. */
  body(): unknown {
    return { error: { code: this.code, message: this.message, ...this.extras } };
  }
}

/**
 * What Azure may well do but this simulator does not. 501, because the SDKs do not retry it and because a 404 would read
 * as proof that a resource is gone.
 */
export function notSupported(what: string): ArmError {
  return new ArmError(501, 'NotSupportedByLocalAzure', `Local Azure does not support ${what}.`);
}

/** The Batch resource provider's shape for a bad property: pairs of code and message (pulumi/pulumi-azure-native#3599). */
export function invalidBatchProperty(path: string, reason: string): ArmError {
  return new ArmError(
    400,
    'InvalidPropertyValue',
    'The value provided for one of the properties in the request body is invalid.',
    {
      details: [
        { code: 'PropertyName', message: path.split('.').at(-1) ?? path },
        { code: 'PropertyPath', message: path },
        { code: 'Reason', message: reason },
      ],
    },
  );
}

/** The Compute resource provider's shape for a bad property. */
export function invalidComputeParameter(target: string, message: string): ArmError {
  return new ArmError(400, 'InvalidParameter', message, { target });
}
