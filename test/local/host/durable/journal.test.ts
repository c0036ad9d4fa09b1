/** The task hub's file: what was cut short never was, what is past is dropped, what is broken is said. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { activityFailure } from '../../../../local/host/durable/failures';
import { newInstance, type Change } from '../../../../local/host/durable/instance';
import { Journal } from '../../../../local/host/durable/journal';

const put = (instanceId: string): Change => {
  const start = { name: 'story', instanceId, executionId: `${instanceId}-1`, version: '', input: null };
  return { op: 'put', instance: newInstance(start, 0) };
};
const progress = (customStatus: unknown): Change => ({
  ...{ op: 'progress', instanceId: 'a', taken: 0, history: [] },
  set: { customStatus },
});

describe('the journal', () => {
  let folder: string;
  const reopened = (): Journal => {
    const journal = new Journal(folder);
    journal.close();
    return journal;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'durable-journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('holds a transaction as a whole or not at all', () => {
    const journal = new Journal(folder);
    journal.commit([put('a')]);
    journal.commit([put('b'), put('c')]);
    journal.close();
    const path = join(folder, 'instances.jsonl');
    const complete = readFileSync(path);
    writeFileSync(path, complete.subarray(0, complete.length - 1));
    expect([...reopened().instances.keys()]).toEqual(['a']);
    appendFileSync(path, '[{"op":"purge","instanceId":"a"}]\n');
    expect([...reopened().instances.keys()]).toEqual([]);
  });

  it('drops what is past when it has grown', () => {
    const journal = new Journal(folder, 10_000);
    journal.commit([put('a')]);
    for (let step = 0; step < 1000; step++) journal.commit([progress(step)]);
    journal.close();
    expect(statSync(join(folder, 'instances.jsonl')).size).toBeLessThan(11_000);
    expect(reopened().instances.get('a')).toMatchObject({ customStatus: 999 });
  });

  it('says which line it cannot read', () => {
    writeFileSync(join(folder, 'instances.jsonl'), '[]\n[{"op":"unheard"}]\n');
    expect(() => new Journal(folder)).toThrow(/Cannot read line 2 of .*instances\.jsonl\. Delete the file/);
  });
});

describe('the failure of an activity', () => {
  it('carries the message', () => {
    expect(activityFailure('dig', new Error('too deep'))).toMatchObject({
      Reason: "Activity function 'dig' failed: too deep",
      Details: expect.stringContaining('"Message":"too deep"') as string,
    });
  });

  it('carries the properties that the app adds', () => {
    const message = JSON.stringify({
      ...{ errorType: 'Deep', errorMessage: 'too deep', isNonRetriable: false },
      properties: { metres: 7 },
    });
    expect(activityFailure('dig', new Error(message))).toMatchObject({
      Reason: "Activity function 'dig' failed: too deep",
      FailureDetails: { ErrorType: 'Deep', ErrorMessage: 'too deep', Properties: { metres: 7 } },
    });
  });
});
