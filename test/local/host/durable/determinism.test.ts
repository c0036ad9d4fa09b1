/** An orchestrator that changed under a running instance is found out, as the .NET host finds it out. */
import type { OrchestrationContext } from 'durable-functions';
import type { DurableLibrary } from './app';
import { after, type Steps } from './functions';
import { Hub } from './hub';

type Body = (context: OrchestrationContext) => Steps;

/** An app whose one orchestration does this and then waits for 'go'. */
function appOf(body: Body): (df: DurableLibrary) => void {
  return (df) => {
    for (const name of ['first', 'second', 'third']) df.app.activity(name, { handler: () => name });
    for (const name of ['kid', 'otherKid']) {
      // eslint-disable-next-line require-yield -- it has nothing to wait for
      df.app.orchestration(name, function* () {
        return name;
      });
    }
    df.app.orchestration('story', function* (context: OrchestrationContext): Steps {
      const result = yield* body(context);
      yield context.df.waitForExternalEvent('go');
      return result;
    });
  };
}

const activities = (...names: string[]): Body =>
  function* ({ df }) {
    for (const name of names) yield df.callActivity(name);
    return names.length;
  };
const timerThen = (name: string, delayMs = 1000): Body =>
  function* (context) {
    yield context.df.createTimer(after(context, delayMs));
    return yield context.df.callActivity(name);
  };
const child = (name: string): Body =>
  function* ({ df }) {
    return yield df.callSubOrchestrator(name);
  };

/** Runs until it waits for 'go', then changes the app and says 'go'. */
async function changeUnderWay(before: Body, afterwards: Body): Promise<{ status: string; output: unknown }> {
  const hub = await Hub.open(appOf(before));
  try {
    const id = await hub.client.startNew('story');
    await hub.settle();
    while (hub.clock.nextDueMs() !== undefined) {
      hub.step();
      await hub.settle();
    }
    await hub.reopen(appOf(afterwards));
    await hub.client.raiseEvent(id, 'go', null);
    await hub.settle();
    const { runtimeStatus, output } = await hub.client.getStatus(id);
    return { status: runtimeStatus, output };
  } finally {
    await hub.close();
  }
}

const found = 'but the current replay instead scheduled';

describe('an instance under way', () => {
  it.each([
    {
      label: 'an activity was renamed',
      before: activities('first', 'second'),
      now: activities('first', 'third'),
      says: `an activity task with sequence number 1 named 'second', ${found} an activity task with sequence number 1 named 'third'`,
    },
    {
      label: 'two activities were swapped',
      before: activities('first', 'second'),
      now: activities('second', 'first'),
      says: `an activity task with sequence number 0 named 'first', ${found} an activity task with sequence number 0 named 'second'`,
    },
    {
      label: 'an activity was put in between',
      before: activities('first', 'second'),
      now: activities('first', 'third', 'second'),
      says: `sequence number 1 named 'second', ${found} an activity task with sequence number 1 named 'third'`,
    },
    {
      label: 'a timer was removed',
      before: timerThen('first'),
      now: activities('first'),
      says: `a timer task with sequence number 0, ${found} an activity task with sequence number 0 named 'first'`,
    },
    {
      label: 'a timer was put in front',
      before: activities('first'),
      now: timerThen('first'),
      says: `an activity task with sequence number 0 named 'first', ${found} a timer task with sequence number 0`,
    },
    {
      label: 'another sub-orchestration is called',
      before: child('kid'),
      now: child('otherKid'),
      says: `a sub-orchestration task with sequence number 0 named 'kid', ${found} a sub-orchestration task with sequence number 0 named 'otherKid'`,
    },
    {
      label: 'the last activity was removed',
      before: activities('first', 'second'),
      now: activities('first'),
      says: "an activity task with sequence number 1 named 'second', but the current replay hasn't (yet?) scheduled this task",
    },
  ])('fails when $label', async ({ before, now, says }) => {
    const { status, output } = await changeUnderWay(before, now);
    expect(status).toBe('Failed');
    expect(output).toContain(
      'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled',
    );
    expect(output).toContain(says);
  });

  it.each([
    { label: 'nothing changed', before: activities('first', 'second'), now: activities('first', 'second') },
    { label: 'only the length of a timer changed', before: timerThen('first'), now: timerThen('first', 2000) },
  ])('goes on when $label', async ({ before, now }) => {
    expect((await changeUnderWay(before, now)).status).toBe('Completed');
  });
});
