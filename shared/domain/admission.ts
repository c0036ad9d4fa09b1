/** What to do with a request, given the build of its pool that is known: start, join, repeat the result, or refuse. */
import { fingerprint, requestIdOf } from './names';
import type { BuildRequest } from './request';
import { refused, type BuildRefused, type BuildResult } from './result';

/** The input of a build's orchestration; by it a later message can tell whether it asks for the same. */
export interface BuildJob {
  readonly request: BuildRequest;
  readonly fingerprint: string;
  /** Id of the message that asked. */
  readonly messageId: string;
  /** How an earlier build of the same request ended well; repeated if the pool still stands. */
  readonly previous?: BuildResult;
}

/** The last build of a pool, as the durable store knows it. */
export type KnownBuild =
  | { readonly status: 'none' }
  | { readonly status: 'underway'; readonly job?: BuildJob }
  | { readonly status: 'ended'; readonly job?: BuildJob; readonly result?: BuildResult };

export type Admission =
  | { readonly admit: 'start'; readonly job: BuildJob }
  /** Its answer is on the way. */
  | { readonly admit: 'join' }
  | { readonly admit: 'answer'; readonly result: BuildResult };

export const buildJob = (request: BuildRequest, messageId: string): BuildJob => ({
  request,
  fingerprint: fingerprint(request),
  messageId,
});

const isSame = (one: BuildJob, other: BuildJob): boolean =>
  one.fingerprint === other.fingerprint && requestIdOf(one.request) === requestIdOf(other.request);

/** Decides by what is asked for: the same message ten times, or a retry after a crash, must not build twice. */
export function admit(job: BuildJob, known: KnownBuild): Admission {
  const last = known.status === 'none' ? undefined : known.job;
  const same = last !== undefined && isSame(last, job);
  switch (known.status) {
    case 'none':
      return { admit: 'start', job };
    case 'underway':
      return same ? { admit: 'join' } : { admit: 'answer', result: inProgress(job.request, known.job) };
    case 'ended':
      if (!same || known.result === undefined) return { admit: 'start', job };
      // A redelivery of the message that was answered (Service Bus delivers at least once) is not a new wish.
      if (last.messageId === job.messageId) return { admit: 'answer', result: known.result };
      return {
        admit: 'start',
        job: known.result.outcome === 'BuildSucceeded' ? { ...job, previous: known.result } : job,
      };
  }
}

function inProgress(request: BuildRequest, running: BuildJob | undefined): BuildRefused {
  const other = running === undefined ? 'another request' : `request ${requestIdOf(running.request)}`;
  return refused(
    request,
    'BuildInProgress',
    `The pool ${request.pool.name} is being built by ${other}. Wait for its result, then send this request again.`,
  );
}
