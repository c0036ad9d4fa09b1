/** The words in which stories of the guard are told: audits, and the findings that are told of. */
import type { FindingTold } from '../../shared/domain/guard/findingEvent';
import type { AuditAnswer } from '../../shared/domain/guard/guardMessages';
import type { CloudEvent } from '../../shared/domain/resultEvent';
import type { Story } from './story';

const EVENTS = 'image-pool-events';

export interface ToldFinding {
  readonly did: 'opened' | 'resolved';
  readonly finding: FindingTold;
}

const DID: Readonly<Record<string, ToldFinding['did']>> = {
  'BatchImagePools.FindingOpened': 'opened',
  'BatchImagePools.FindingResolved': 'resolved',
};

/** Every event that waits now, in the order in which they were sent. */
async function takeEvents(story: Story): Promise<readonly CloudEvent<unknown>[]> {
  const { active } = story.stack.broker.counts(EVENTS);
  return (await story.take(EVENTS, active)).map(({ event }) => event as CloudEvent<unknown>);
}

const findingsIn = (events: readonly CloudEvent<unknown>[]): readonly ToldFinding[] =>
  events.flatMap(({ type, data }) => {
    const did = DID[type];
    return did === undefined ? [] : [{ did, finding: data as FindingTold }];
  });

/** `opened ImageVersionMissing render-pool`, for each. */
export const inShort = (told: readonly ToldFinding[]): readonly string[] =>
  told.map(({ did, finding: { code, subjectId } }) => `${did} ${code} ${subjectId.split('/').at(-1) ?? ''}`).toSorted();

/** Lets everything that is under way end, without letting time pass beyond what that takes; then takes the findings told. */
export async function findingsNow(story: Story): Promise<readonly ToldFinding[]> {
  await story.timeline.settle();
  return findingsIn(await takeEvents(story));
}

export interface Audited {
  readonly summary: AuditAnswer;
  /** Told while it ran. */
  readonly findings: readonly ToldFinding[];
}

/** Asks for an audit, and waits for its answer. A second passes first: an audit is known by the instant of its beginning. */
export async function audit(story: Story): Promise<Audited> {
  const { broker } = story.stack;
  await story.timeline.settle();
  await story.timeline.advanceTo(story.clock.nowMs() + 1_000);
  await story.send({ mode: 'audit', requestId: `audit-${story.clock.nowMs()}-by-hand` });
  const events: CloudEvent<unknown>[] = [];
  const isEnd = ({ type }: CloudEvent<unknown>): boolean => type === 'BatchImagePools.AuditCompleted';
  while (!events.some(isEnd)) {
    await story.timeline.until(() => broker.counts(EVENTS).active > 0, { azureHours: 2 });
    events.push(...(await takeEvents(story)));
  }
  return { summary: events.find(isEnd)?.data as AuditAnswer, findings: findingsIn(events) };
}
