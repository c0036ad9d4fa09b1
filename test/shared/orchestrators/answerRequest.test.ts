/** The answer to a message that starts no build, as the durable-functions executor runs it. */
import { refused } from '../../../shared/domain/result';
import { answerRequest } from '../../../shared/orchestrators/answerRequest';
import { azure, rejects, type AzureOptions } from '../../given/azure';
import * as given from '../../given/build';
import { runToEnd } from './executor';
import { published, story } from './story';

const result = refused(given.request(), 'BuildInProgress', 'The pool is being built by request other.');

const answer = (options: AzureOptions = {}) =>
  runToEnd(answerRequest, {
    input: { result, cause: { messageId: 'message-1', fingerprint: 'f' } },
    startAtMs: given.STARTED_AT_MS,
    activities: azure(options),
  });

describe('answerRequest', () => {
  it('publishes the result that it was given, and nothing else', async () => {
    const run = await answer();
    expect(story(run)).toEqual(['publishEvent BuildRefused']);
    expect(published(run)).toEqual(result);
    expect(run).toMatchObject({ status: 'Completed', result: null });
  });

  it('publishes again while the bus is away', async () => {
    const run = await answer({
      publishEvent: (_, { nth }) => (nth < 4 ? rejects({ kind: 'unavailable' }) : undefined),
    });
    expect(story(run)).toHaveLength(4);
    expect(run.status).toBe('Completed');
  });

  it('fails with the reason when the bus never takes it', async () => {
    const run = await answer({ publishEvent: () => rejects({ kind: 'unavailable', message: 'No route to the bus.' }) });
    expect(run.status).toBe('Failed');
    expect(run.result).toContain('The answer could not be published: No route to the bus.');
    expect(run.endedAtMs - given.STARTED_AT_MS).toBeLessThanOrEqual(61 * 60_000);
  });
});
