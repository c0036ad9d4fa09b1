/** Reads one fact of a survey: what 404, 403 and a refusal mean, and what is a failure of the survey itself. */
import type { Fact } from '../domain/facts';
import { fail, succeed, type Failure, type Outcome } from '../domain/outcome';
import { attempt, OUTSIDE_ALLOW_LIST } from './failure';

/** One look at Azure: what it is called in a message, and the action that the identity needs for it. */
export interface Question {
  readonly doing: string;
  readonly permission: string;
}

/** A fault that passes, or an answer that nobody expects: not a fact, but the end of this survey. */
export class SurveyFault extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What a call answered; throws a `SurveyFault` when it failed. */
export function valueOf<T>(answer: Outcome<T>): T {
  if (!answer.ok) throw new SurveyFault(answer.failure);
  return answer.value;
}

/** Runs a survey; its answer, or the failure that ended it. */
export async function surveyed<T>(survey: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await survey());
  } catch (error) {
    if (error instanceof SurveyFault) return fail(error.failure);
    throw error;
  }
}

/** An answer as a fact; throws a `SurveyFault` for a fault. */
export function factFrom<T>(answer: Outcome<T>, permission: string): Fact<T> {
  if (answer.ok) return { read: 'found', value: answer.value };
  const { kind, code, message } = answer.failure;
  if (kind === 'notFound') return { read: 'missing' };
  if (code === OUTSIDE_ALLOW_LIST) return { read: 'outside' };
  if (kind === 'forbidden') return { read: 'forbidden', permission, message };
  throw new SurveyFault(answer.failure);
}

/** The same for a fact that a build can do without: a refusal makes it unknown, and the survey goes on. */
export function optionalFactFrom<T>(answer: Outcome<T>, permission: string): Fact<T> {
  const refused = !answer.ok && answer.failure.kind === 'rejected';
  return refused ? { read: 'failed', message: answer.failure.message } : factFrom(answer, permission);
}

export const readFact = async <T>({ doing, permission }: Question, call: () => Promise<T>): Promise<Fact<T>> =>
  factFrom(await attempt(doing, call), permission);

export const readOptionalFact = async <T>({ doing, permission }: Question, call: () => Promise<T>): Promise<Fact<T>> =>
  optionalFactFrom(await attempt(doing, call), permission);

/** The value of a fact that was found, made into another. */
export const mapFact = <T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> =>
  fact.read === 'found' ? { read: 'found', value: change(fact.value) } : fact;

/** All of them; when one fails it still waits for the others, so that no call outlives the activity that made it. */
export async function allOf<T extends readonly unknown[] | []>(
  asked: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(asked);
  return Promise.all(asked);
}
