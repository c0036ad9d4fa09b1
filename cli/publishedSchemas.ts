/** The JSON Schemas that callers can check their messages with, by file. */
import * as z from 'zod';
import { auditRequestSchema, snoozeRequestSchema } from '../shared/guardRequests';
import { buildRequestSchema } from '../shared/messages';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'schemas/audit-request.v1.json': auditRequestSchema,
  'schemas/image-build-request.v1.json': buildRequestSchema,
  'schemas/snooze-request.v1.json': snoozeRequestSchema,
};

const schemaText = (schema: z.ZodType): string =>
  `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }), null, 2)}\n`;

export const publishedSchemas = (): ReadonlyMap<string, string> =>
  new Map(Object.entries(SCHEMAS).map(([file, schema]) => [file, schemaText(schema)]));
