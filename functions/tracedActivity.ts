/** Runs an activity for whom its orchestration says, and writes a line about each thing that it did: no bodies, no tokens, no messages. */
import type { InvocationContext } from '@azure/functions';
import * as z from 'zod';
import { newTally, withTrace, type CallTrace } from '../shared/azure/callTrace';
import { logFields, shortId } from '../shared/domain/logFields';
import type { Work } from '../shared/domain/trace';

export async function runTraced<I, O>(
  activity: string,
  { input, trace, instance, attempt }: Work<I>,
  context: InvocationContext,
  handler: (input: I) => Promise<O>,
): Promise<O> {
  const { pool, build, correlationId: correlation } = trace;
  const tally = newTally();
  const startedMs = performance.now();
  const write = (did: readonly Did[]): void => {
    const ms = Math.round(performance.now() - startedMs);
    for (const [index, { subject, ...outcome }] of did.entries()) {
      const cost = index === 0 ? { ms, ...tally } : { ms: 0, ...newTally() };
      context.log(
        `${instance}: activity ${logFields({ activity, ...outcome, subject, attempt, ...cost, build, pool, correlation })}`,
      );
    }
  };
  const eventSent: CallTrace['eventSent'] = ({ type, id, subject, code }) => {
    context.log(`${instance}: event ${logFields({ type, id, code, subject: shortId(subject), correlation })}`);
  };
  try {
    const output = await withTrace({ correlationId: correlation, tally, eventSent }, () => handler(input));
    write(didAll(input, output));
    return output;
  } catch (error) {
    const [subject] = several.safeParse(input).data ?? [input];
    write([{ outcome: 'threw', code: error instanceof Error ? error.name : undefined, subject: subjectOf(subject) }]);
    throw error;
  }
}

interface Outcome {
  readonly outcome: string;
  readonly code?: string | undefined;
}

interface Did extends Outcome {
  readonly subject: string | undefined;
}

const several = z.array(z.unknown());

/** What became of the one thing that was asked for, named by the first of its subjects; or of each of several, as far as there are answers. */
function didAll(input: unknown, output: unknown): readonly Did[] {
  const asked = several.safeParse(input).data ?? [input];
  const answers = several.safeParse(output).data ?? [output];
  return answers.map((answer, index) => ({ ...outcomeOf(answer), subject: subjectOf(asked[index]) }));
}

const failed = z.object({ ok: z.literal(false), failure: z.object({ kind: z.string(), code: z.string() }) });

function outcomeOf(output: unknown): Outcome {
  const { data } = failed.safeParse(output);
  return data === undefined ? { outcome: 'ok' } : { outcome: data.failure.kind, code: data.failure.code };
}

/** Where inputs name what they are about; the first that an input has counts. */
const subjects = z.union([
  z.string(),
  z.object({ subject: z.string() }).transform(({ subject }) => subject),
  z.object({ poolId: z.string() }).transform(({ poolId }) => poolId),
  z.object({ id: z.string() }).transform(({ id }) => id),
  z.object({ spec: z.object({ id: z.string() }) }).transform(({ spec }) => spec.id),
  z.object({ accountId: z.string() }).transform(({ accountId }) => accountId),
  z.object({ account: z.object({ id: z.string() }) }).transform(({ account }) => account.id),
  z.object({ resourceId: z.string() }).transform(({ resourceId }) => resourceId),
  z.object({ pool: z.object({ name: z.string() }) }).transform(({ pool }) => `pools/${pool.name}`),
  z.object({ auditId: z.string() }).transform(({ auditId }) => auditId),
]);

function subjectOf(input: unknown): string | undefined {
  const { data } = subjects.safeParse(input);
  return data === undefined ? undefined : shortId(data);
}
