/** The survey as an activity: run twice, it reads the same and changes nothing. */
import { createBuildActivities } from '../../../shared/activities/buildActivities';
import { createEventBus } from '../../../shared/azure/eventBus';
import * as given from '../../given/build';
import { startCloud, valueOf, writesOf } from '../azure/cloud';

it('reads the same facts a second time, and writes nothing', async () => {
  const cloud = await startCloud();
  const bus = createEventBus({ connectionString: 'Endpoint=sb://127.0.0.1:1' }, 'image-pool-events');
  const { surveyBuild } = createBuildActivities(cloud.arm, bus);
  const first = valueOf(await surveyBuild(given.request()));
  expect(first).toMatchObject({ machine: { read: 'missing' }, gallery: { read: 'found' } });
  expect(valueOf(await surveyBuild(given.request()))).toEqual(first);
  expect(writesOf(cloud.newCalls())).toEqual([]);
  await cloud.close();
});
