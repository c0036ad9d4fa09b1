/** The bearer token's check: who it is made out to and for whom, not who signed it. */
import { z } from 'zod';
import { ArmError } from './armError';

/** Each with and without a slash at the end. */
export const ARM_AUDIENCES = ['https://management.azure.com', 'https://management.azure.com/'];
/** batch-aad-auth.md */
export const BATCH_AUDIENCES = ['https://batch.core.windows.net', 'https://batch.core.windows.net/'];

const claims = z.object({ aud: z.string(), appid: z.string().default(''), oid: z.string().default('') });

/** Who asks. */
export interface Caller {
  readonly clientId: string;
  readonly objectId: string;
}

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Throws unless the header carries a token for one of the audiences. */
export function callerOf(authorization: string | undefined, audiences: readonly string[]): Caller {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    const message = "Authentication failed. The 'Authorization' header is missing or has no bearer token.";
    throw new ArmError(401, 'AuthenticationFailed', message);
  }
  const read = claims.safeParse(claimsOf(token));
  if (!read.success) throw new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  const { aud, appid, oid } = read.data;
  if (audiences.includes(aud)) return { clientId: appid, objectId: oid };
  throw new ArmError(
    401,
    'InvalidAuthenticationTokenAudience',
    `The access token has been obtained for wrong audience or resource '${aud}'. It should exactly match ` +
      `with one of the allowed audiences '${audiences.join("','")}'.`,
  );
}
