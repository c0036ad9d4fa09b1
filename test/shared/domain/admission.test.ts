import { admit, buildJob, type Admission, type KnownBuild } from '../../../shared/domain/admission';
import { failed, planned, refused, succeeded, type BuildResult } from '../../../shared/domain/result';
import * as given from '../../given/build';

const mine = given.request();
const job = buildJob(mine, 'message-1');
const span = { startedAtMs: 0, endedAtMs: 1, timings: [], replicas: [] };
const success = succeeded(mine, given.plan(), given.growthReport(), { ...span, closed: undefined });
const stop = { step: 'image', resourceId: 'x', code: 'Y', message: 'z' } as const;
const fault: BuildResult = failed(mine, given.plan(), stop, { ...span, removed: [], left: [], kept: [] });
const ended = (result: BuildResult, messageId = 'message-1'): KnownBuild => ({
  status: 'ended',
  job: buildJob(mine, messageId),
  result,
});

describe('a request', () => {
  const start = { admit: 'start', job } as const;
  it.each<{ label: string; known: KnownBuild; admission: Admission }>([
    { label: 'starts when nothing is known of its pool', known: { status: 'none' }, admission: start },
    { label: 'joins the same request under way', known: { status: 'underway', job }, admission: { admit: 'join' } },
    {
      label: 'joins when another message asked for the same',
      known: { status: 'underway', job: buildJob(mine, 'message-2') },
      admission: { admit: 'join' },
    },
    {
      label: 'joins when the same is under way, to be left in place if it fails',
      known: { status: 'underway', job: buildJob(given.request({ keepOnFailure: true }), 'message-2') },
      admission: { admit: 'join' },
    },
    {
      label: 'is answered with the success when it is delivered once more',
      known: ended(success),
      admission: { admit: 'answer', result: success },
    },
    {
      label: 'starts with the success at hand when it is sent again: the pool may be gone by now',
      known: ended(success, 'message-2'),
      admission: { admit: 'start', job: { ...job, previous: success } },
    },
    {
      label: 'is answered with the failure when it is delivered once more',
      known: ended(fault),
      admission: { admit: 'answer', result: fault },
    },
    { label: 'starts anew after a failure when it is sent again', known: ended(fault, 'message-2'), admission: start },
    {
      label: 'starts anew after a plan when it is sent again',
      known: ended(planned(mine, given.facts(), given.plan()), 'message-2'),
      admission: start,
    },
    {
      label: 'starts after another request has ended',
      known: { status: 'ended', job: buildJob(given.request({ requestId: 'other' }), 'message-1'), result: success },
      admission: start,
    },
    { label: 'starts after a build that left no result', known: { status: 'ended', job }, admission: start },
    { label: 'starts after a build of which nothing can be read', known: { status: 'ended' }, admission: start },
  ])('$label', ({ known, admission }) => {
    expect(admit(job, known)).toEqual(admission);
  });

  it.each([
    {
      label: 'another request id',
      running: buildJob(given.request({ requestId: 'nightly' }), 'm'),
      by: 'request nightly',
    },
    {
      label: 'another wish under the same request id',
      running: buildJob(given.request({ image: { name: 'other' } }), 'm'),
      by: 'request render-16-nodes',
    },
    { label: 'something unreadable', running: undefined, by: 'another request' },
  ])('is refused while $label builds its pool', ({ running, by }) => {
    const known: KnownBuild = running === undefined ? { status: 'underway' } : { status: 'underway', job: running };
    const message = `The pool render-pool is being built by ${by}. Wait for its result, then send this request again.`;
    expect(admit(job, known)).toEqual({ admit: 'answer', result: refused(mine, 'BuildInProgress', message) });
  });
});
