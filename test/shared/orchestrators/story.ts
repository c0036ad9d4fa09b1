/** A run told in lines that a person can compare: who was called, on what, and what the answer was. */
import * as z from 'zod';
import type { BuildFailed, BuildResult } from '../../../shared/domain/result';
import type { Ended, Step } from './executor';

const specSchema = z.object({ kind: z.string(), id: z.string() });
const inputSchema = z.union([
  z.object({ spec: specSchema }).transform(({ spec }) => nameOf(spec)),
  specSchema.transform(nameOf),
  z.object({ specversion: z.literal('1.0'), type: z.string() }).transform(({ type }) => type.split('.').at(-1) ?? ''),
  z.object({ source: z.unknown(), pool: z.unknown() }).transform(() => ''),
  // The activities that grow a pool are told its id.
  z.string().transform(() => ''),
  z.object({ targets: z.object({ dedicated: z.number() }) }).transform(({ targets }) => `${targets.dedicated}`),
]);

/** `snapshot os`, `snapshot data5`, `version`: the kind says enough where there is one of it. */
function nameOf({ kind, id }: z.infer<typeof specSchema>): string {
  return kind === 'snapshot' ? `snapshot ${id.split('-').at(-1) ?? ''}` : kind;
}

const several = z.array(z.unknown());

/** What one step did: activities about several resources tell one line for each, as far as they came. */
function actsOf(step: Step): readonly Step[] {
  const asked = several.safeParse(step.input).data;
  if (asked === undefined) return [step];
  const answered = several.safeParse(step.output).data?.length;
  return asked
    .slice(0, answered)
    .map((input) => ({ ...step, name: step.name.replace('Resources', 'Resource'), input }));
}

/** `beginResource snapshot os` */
const told = ({ name, input }: Step): string => `${name} ${inputSchema.parse(input)}`.trim();

const actsIn = ({ steps }: Ended): readonly Step[] => steps.flatMap(actsOf);

export const story = (run: Ended): readonly string[] => actsIn(run).map(told);

/** What was done to each resource by this activity, in order. */
export const calls = (run: Ended, name: string): readonly string[] =>
  actsIn(run)
    .filter((act) => act.name === name)
    .map((act) => told(act).slice(name.length + 1));

/** When the acts of one line were done, in seconds of the run. */
export const secondsOf = (run: Ended, line: string): readonly number[] => {
  const startMs = run.steps[0]?.atMs ?? 0;
  return actsIn(run)
    .filter((act) => told(act) === line)
    .map(({ atMs }) => (atMs - startMs) / 1_000);
};

const resultSchema = z.custom<BuildResult>((value) => z.object({ outcome: z.string() }).safeParse(value).success);

/** The result that was returned; throws when the orchestrator failed instead. */
export const resultOf = (run: Ended): BuildResult => resultSchema.parse(run.result);

export function failedResult(run: Ended): BuildFailed {
  const result = resultOf(run);
  if (result.outcome !== 'BuildFailed') throw new Error(`The build ended with ${result.outcome}.`);
  return result;
}

/** The result in the last event that was published. */
export function published(run: Ended): BuildResult {
  const event = run.steps.findLast(({ name }) => name === 'publishEvent')?.input;
  return z.object({ data: resultSchema }).parse(event).data;
}

export const shortNames = (ids: readonly string[]): readonly string[] => ids.map((id) => id.split('/').at(-1) ?? '');
