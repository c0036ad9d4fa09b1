/** The bearer token's check: who it is made out to, not who signed it. */
import { z } from 'zod';
import { ArmError } from './armError';

const AUDIENCES = ['https://management.azure.com', 'https://management.azure.com/'];

const claims = z.object({ aud: z.string() });

function claimsOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Throws unless the header carries a token for Azure Resource Manager. */
export function checkToken(authorization: string | undefined): void {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    const message = "Authentication failed. The 'Authorization' header is missing or has no bearer token.";
    throw new ArmError(401, 'AuthenticationFailed', message);
  }
  const read = claims.safeParse(claimsOf(token));
  if (!read.success) throw new ArmError(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
  if (AUDIENCES.includes(read.data.aud)) return;
  throw new ArmError(
    401,
    'InvalidAuthenticationTokenAudience',
    `The access token has been obtained for wrong audience or resource '${read.data.aud}'. It should exactly match ` +
      `with one of the allowed audiences '${AUDIENCES.join("','")}'.`,
  );
}
