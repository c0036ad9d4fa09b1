/** Azure that takes a call and never answers: the call is given up after its time-out, and made again. */
import { expectOutcome, requestFor, Story } from './story';

let story: Story;
// The time-out runs on the wall clock, like the connection that it watches: each silence costs a second here.
beforeAll(async () => (story = await Story.begin({ settings: { ARM_TIMEOUT_SECONDS: '1' } })));
afterAll(() => story.end());
afterEach(() => story.stack.azure.faults.clear());

it.each([
  { label: 'a read of the survey', fault: { method: 'GET', path: '/virtualMachines/' } },
  { label: 'a creation that Azure did not take', fault: { method: 'PUT', path: '/snapshots/' } },
  {
    label: 'a creation that took effect',
    fault: { method: 'PUT', path: '/Microsoft.Compute/images/', afterwards: true },
  },
  { label: 'the creation of the pool, which took effect', fault: { method: 'PUT', path: '/pools/', afterwards: true } },
  { label: 'a look', fault: { method: 'GET', path: '/versions/' } },
])('silence at $label delays a build, and makes nothing twice', async ({ label, fault }) => {
  const before = story.resources();
  story.stack.azure.faults.add({ kind: 'hang', ...fault });
  const name = label.replace(/\W+/g, '-').slice(0, 40);
  await story.send(requestFor(name, ({ image }) => ({ image: { ...image, name } })));
  expectOutcome(await story.result(), 'BuildSucceeded');
  expect(story.resources()).toHaveLength(before.length + 6);
});
