/** If-Match and If-None-Match, which Batch honours on pools. */
import { ArmError, notSupported } from './armError';
import type { ResourceKind, Stored } from './kind';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** UNCONFIRMED code; the status is 412 (arm-batch: PoolCreateOptionalParams.ifNoneMatch). */
const failed = (message: string): ArmError => new ArmError(412, 'PreconditionFailed', message);

export function checkPreconditions(kind: ResourceKind, stored: Stored | undefined, headers: Headers): void {
  const [ifMatch, ifNoneMatch] = [headers['if-match'], headers['if-none-match']];
  if (ifMatch === undefined && ifNoneMatch === undefined) return;
  if (kind.dialect !== 'batch') throw notSupported(`If-Match and If-None-Match on ${kind.type}`);
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') throw notSupported('an If-None-Match other than *');
    if (stored !== undefined) throw failed('The resource already exists, and If-None-Match: * was sent.');
  }
  if (ifMatch === undefined || stored === undefined) return;
  if (ifMatch !== '*' && ifMatch !== stored.etag) {
    throw failed(`The resource has the ETag ${stored.etag}, not the one of If-Match.`);
  }
}
