/** Values as Service Bus writes them on the wire: lock tokens, long numbers, .NET ticks. */

import { types } from 'rhea';
import { z } from 'zod';

/** .NET ticks (100 ns since the year 1) of the Unix epoch: https://learn.microsoft.com/dotnet/api/system.datetime.ticks */
const EPOCH_TICKS = 621_355_968_000_000_000n;
const TICKS_PER_MS = 10_000n;

/** How .NET orders the bytes of a Guid: the first three groups run backwards. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

export const tokenBytes = (token: string): Buffer => Buffer.from(token.replaceAll('-', ''), 'hex');

export function tokenText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const reordered = (bytes: Buffer): Buffer => Buffer.from(GUID_ORDER.map((place) => bytes[place] ?? 0));

/** A delivery's tag is its lock token as a Guid's bytes; management requests carry tokens in plain order. */
export const tagOfToken = (token: string): Buffer => reordered(tokenBytes(token));

export const tokenOfTag = (tag: Buffer): string => tokenText(reordered(tag));

/** An AMQP long; the client expects sequence numbers as such, whatever their size. */
export const long = (value: number): unknown => types.wrap_long(value);

export function dotNetTicks(instantMs: number): unknown {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(instantMs) * TICKS_PER_MS + EPOCH_TICKS);
  return types.wrap_long(bytes);
}

const LONG = 0x81;
const TIMESTAMP = 0x83;

export const longs = (values: readonly number[]): unknown => types.wrap_array([...values], LONG, undefined);

export const timestamps = (instantsMs: readonly number[]): unknown =>
  types.wrap_array([...instantsMs], TIMESTAMP, undefined);

export const uuid = (token: string): unknown => types.wrap_uuid(tokenBytes(token));

export const binary = (bytes: Buffer): unknown => types.wrap_binary(bytes);

export const map = (entries: Readonly<Record<string, unknown>>): unknown => types.wrap_map(entries);

export const aBuffer = z.custom<Buffer>((value) => Buffer.isBuffer(value), 'expected binary');

/** A long arrives as a number, or as its eight bytes when it is large. */
export const aLong = z.union([z.number(), aBuffer.transform((bytes) => Number(bytes.readBigInt64BE(0)))]);

export const aLockToken = aBuffer.refine((bytes) => bytes.length === 16, 'expected a UUID').transform(tokenText);

export const someFields = z.record(z.string(), z.unknown());

/** What is a map on the wire, or nothing. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const fields = someFields.safeParse(value);
  return fields.success ? fields.data : {};
}

export function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'number' ? value : undefined;
}
