/** Orchestrations of the real library, through the real client, on the local durable backend. */
import { registerActivities, registerOrchestrations, Witness } from './functions';
import { Hub } from './hub';

describe('an orchestration', () => {
  const witness = new Witness();
  let hub: Hub;

  beforeAll(async () => {
    hub = await Hub.open((df) => {
      registerActivities(df, witness);
      registerOrchestrations(df);
    });
  });
  afterAll(() => hub.close());

  it.each([
    {
      label: 'hands values of every type to activities and back',
      name: 'values',
      input: { hello: 1 },
      output: [{ hello: 1 }, 's', 5, null, { x: 1 }, [1, 2], true, '42'],
    },
    {
      label: 'retries, alone and side by side',
      name: 'retries',
      output: ['A after 3', ['B after 3', 'C after 3', 'plain'], 'last'],
    },
    {
      label: 'gives up after the last attempt and goes on',
      name: 'givesUp',
      output: ["Activity function 'bad' failed: always bad", 'goes on'],
    },
    { label: 'fans out', name: 'fansOut', input: 4, output: [0, 2, 4, 6] },
    {
      label: 'catches failed activities',
      name: 'catches',
      output: ["Activity function 'bad' failed: always bad", "Activity function 'bad' failed: always bad"],
    },
    { label: 'begins anew with an object', name: 'counts', input: { n: 0 }, output: { n: 4 } },
    { label: 'begins anew with a text', name: 'grows', input: 'b', output: 'baa' },
    {
      label: 'hears of a failed sub-orchestration',
      name: 'parentOfFailing',
      output: "caught: Orchestrator function 'fails' failed: orchestrator boom",
    },
  ])('$label', async ({ name, input, output }) => {
    const status = await hub.run(name, input);
    expect(status).toMatchObject({ runtimeStatus: 'Completed', output });
  });
});
