/** Values on their way between host and app: RpcTypedData, as the Functions host and its node worker exchange it. */

import { z } from 'zod';

const bytes = z.instanceof(Uint8Array);

const httpResponse = z.object({
  statusCode: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  cookies: z.array(z.unknown()).optional(),
  body: z.object({ bytes: bytes.optional(), string: z.string().optional() }).nullish(),
});

/** What an app may answer with; inputs have more kinds, see `TypedData`. */
const answer = z.object({
  string: z.string().optional(),
  json: z.string().optional(),
  bytes: bytes.optional(),
  int: z.number().optional(),
  double: z.number().optional(),
  http: httpResponse.optional(),
});

export const invocationResponse = z.object({
  outputData: z.array(z.object({ name: z.string(), data: answer })).default([]),
  returnValue: answer.nullish(),
});

export type HttpResponseData = z.infer<typeof httpResponse>;
export type AnswerData = z.infer<typeof answer>;
export type InvocationResponse = z.infer<typeof invocationResponse>;

export interface HttpRequestData {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes: Uint8Array };
}

/** Content that an extension library of the app decodes by itself (`sdkBinding`). */
export interface ModelBindingData {
  readonly version: string;
  readonly source: string;
  readonly contentType: string;
  readonly content: Buffer;
}

export type TypedData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly http: HttpRequestData }
  | { readonly modelBindingData: ModelBindingData }
  | { readonly collectionModelBindingData: { readonly modelBindingData: readonly ModelBindingData[] } }
  | Readonly<Record<string, never>>;

/** As the host's GrpcMessageConversionExtensions.cs: text and bytes as they are, everything else as JSON text. */
export function typedData(value: unknown): TypedData {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { string: value };
  if (value instanceof Uint8Array) return { bytes: value };
  return { json: JSON.stringify(value) };
}

/** The JSON text of an answer; 'null' when the function returned nothing. Bytes become base64, as .NET writes them. */
export function jsonTextOf(data: AnswerData | null | undefined): string {
  if (data?.json !== undefined) return data.json;
  if (data?.string !== undefined) return JSON.stringify(data.string);
  if (data?.bytes !== undefined) return JSON.stringify(Buffer.from(data.bytes).toString('base64'));
  return JSON.stringify(data?.int ?? data?.double ?? null);
}
