/** The JSON Schemas that callers can check their messages with, by file. */
import * as z from 'zod';
import { buildRequestSchema } from '../shared/messages';

export function publishedSchemas(): ReadonlyMap<string, string> {
  const request = z.toJSONSchema(buildRequestSchema, { target: 'draft-2020-12', io: 'input' });
  return new Map([['schemas/image-build-request.v1.json', `${JSON.stringify(request, null, 2)}\n`]]);
}
