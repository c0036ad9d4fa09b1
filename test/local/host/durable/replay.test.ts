/** Which number each task gets: a table of action lists, histories, and what remains to be scheduled. */
import { EventType, type HistoryEvent } from '../../../../local/host/durable/events';
import { parseAnswer, type Action } from '../../../../local/host/durable/protocol';
import { replay } from '../../../../local/host/durable/replay';
import { retryDelayMs } from '../../../../local/host/durable/retry';

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();
const base = { EventId: -1, Timestamp: at(0) };
const event = (fields: Partial<HistoryEvent>): HistoryEvent => ({ ...base, ...fields }) as HistoryEvent;

const started = event({ EventType: EventType.ExecutionStarted });
const wake = (seconds: number): HistoryEvent =>
  event({ EventType: EventType.OrchestratorStarted, Timestamp: at(seconds) });
const scheduled = (id: number, name: string): HistoryEvent =>
  event({ EventType: EventType.TaskScheduled, EventId: id, Name: name });
const completed = (id: number): HistoryEvent =>
  event({ EventType: EventType.TaskCompleted, TaskScheduledId: id, Result: 'null' });
const failed = (id: number): HistoryEvent => event({ EventType: EventType.TaskFailed, TaskScheduledId: id });
const timer = (id: number): HistoryEvent => event({ EventType: EventType.TimerCreated, EventId: id });
const fired = (id: number): HistoryEvent => event({ EventType: EventType.TimerFired, TimerId: id });
const raised = (name: string): HistoryEvent => event({ EventType: EventType.EventRaised, Name: name, Input: '1' });

const call = (functionName: string) => ({ actionType: 0, functionName });
const retryOptions = { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 2 };
const retried = (functionName: string) => ({ actionType: 1, functionName, retryOptions });
const child = (functionName: string) => ({ actionType: 2, functionName });
const sleep = (seconds: number, isCanceled = false) => ({ actionType: 5, fireAt: at(seconds), isCanceled });
const wait = (externalEventName: string) => ({ actionType: 6, externalEventName });
const any = (...compoundActions: object[]) => ({ actionType: 11, compoundActions });
const all = (...compoundActions: object[]) => ({ actionType: 12, compoundActions });
const again = { actionType: 4, input: { n: 1 } };

const parsed = (actions: object[]): readonly Action[] =>
  parseAnswer(JSON.stringify({ isDone: false, actions: [actions] })).actions;

const DAYS = 86_400;

describe('the numbers of tasks', () => {
  it.each([
    { label: 'one call', actions: [call('a')], history: [started], next: ['0 a'] },
    {
      label: 'the second call waits for the first',
      actions: [call('a'), call('b')],
      history: [started],
      next: ['0 a'],
    },
    {
      label: 'the second call follows the first',
      actions: [call('a'), call('b')],
      history: [started, scheduled(0, 'a'), completed(0)],
      next: ['1 b'],
    },
    {
      label: 'all at once, nested',
      actions: [all(call('a'), any(sleep(9), child('b')), call('c'))],
      history: [started],
      next: ['0 a', '1 timer 9', '2 b', '3 c'],
    },
    {
      label: 'all wait for the last, also after a failure',
      actions: [all(call('a'), call('b')), call('c')],
      history: [started, scheduled(0, 'a'), scheduled(1, 'b'), failed(0)],
      next: [],
    },
    {
      label: 'any goes on with the first',
      actions: [any(call('a'), call('b')), call('c')],
      history: [started, scheduled(0, 'a'), scheduled(1, 'b'), completed(1)],
      next: ['2 c'],
    },
    {
      label: 'a failed attempt is followed by a timer',
      actions: [retried('a')],
      history: [started, scheduled(0, 'a'), wake(5), failed(0)],
      next: ['1 timer 6'],
    },
    {
      label: 'the timer is followed by the next attempt',
      actions: [retried('a')],
      history: [started, scheduled(0, 'a'), failed(0), timer(1), fired(1)],
      next: ['2 a'],
    },
    {
      label: 'the last failed attempt is followed by one more timer',
      actions: [retried('a'), call('b')],
      history: [started, scheduled(0, 'a'), failed(0), timer(1), fired(1), scheduled(2, 'a'), failed(2)],
      next: ['3 timer 1'],
    },
    {
      label: 'after that timer the orchestration goes on',
      actions: [retried('a'), call('b')],
      history: [
        started,
        scheduled(0, 'a'),
        failed(0),
        timer(1),
        fired(1),
        scheduled(2, 'a'),
        failed(2),
        timer(3),
        fired(3),
      ],
      next: ['4 b'],
    },
    {
      label: 'a long timer begins with three days',
      actions: [sleep(10 * DAYS)],
      history: [started],
      next: [`0 timer ${3 * DAYS}`],
    },
    {
      label: 'what is left of a long timer is one more number',
      actions: [sleep(8 * DAYS), call('a')],
      history: [started, timer(0), wake(3 * DAYS), fired(0)],
      next: [`1 timer ${8 * DAYS}`],
    },
    {
      label: 'a cancelled timer keeps its number',
      actions: [any(sleep(9, true), wait('go')), call('a')],
      history: [started, timer(0)],
      next: ['1 a'],
    },
    {
      label: 'an event takes no number',
      actions: [wait('go'), call('a')],
      history: [started, raised('GO')],
      next: ['0 a'],
    },
    {
      label: 'an event is kept until somebody waits',
      actions: [call('a'), wait('go'), call('b')],
      history: [started, raised('go'), scheduled(0, 'a'), completed(0)],
      next: ['1 b'],
    },
  ])('$label', ({ actions, history, next }) => {
    const { decisions } = replay([wake(0), ...history], parsed(actions));
    const shown = decisions.map(({ id, step }) => {
      if (step.kind === 'timer') return `${id} timer ${step.fireAtMs / 1000}`;
      return `${id} ${step.kind === 'http' ? 'http' : step.name}`;
    });
    expect(shown).toEqual(next);
  });

  it.each([
    {
      label: 'nothing is left',
      actions: [call('a')],
      history: [started, scheduled(0, 'a'), completed(0)],
      isFinished: true,
    },
    { label: 'an action has not run', actions: [wait('go')], history: [started], isFinished: false },
    {
      label: 'a task is open that nobody waits for',
      actions: [any(call('a'), call('b'))],
      history: [started, scheduled(0, 'a'), scheduled(1, 'b'), completed(0)],
      isFinished: false,
    },
    { label: 'it begins anew', actions: [again], history: [started], isFinished: true },
  ])('is finished or not when $label', ({ actions, history, isFinished }) => {
    expect(replay([wake(0), ...history], parsed(actions)).isFinished).toBe(isFinished);
  });

  it('refuses entities clearly', () => {
    expect(() => replay([wake(0), started], parsed([{ actionType: 7 }]))).toThrow('Durable entities and entity locks');
  });
});

describe('the delay before the next attempt', () => {
  const options = { firstRetryIntervalInMilliseconds: 1000, maxNumberOfAttempts: 9 };
  it.each([
    { label: 'stays the same without a coefficient', options, failures: 3, elapsedMs: 0, delayMs: 1000 },
    { label: 'grows', options: { ...options, backoffCoefficient: 2 }, failures: 3, elapsedMs: 0, delayMs: 8000 },
    {
      label: 'grows up to its cap',
      options: { ...options, backoffCoefficient: 2, maxRetryIntervalInMilliseconds: 5000 },
      failures: 3,
      elapsedMs: 0,
      delayMs: 5000,
    },
    {
      label: 'is none when time is up',
      options: { ...options, retryTimeoutInMilliseconds: 7000 },
      failures: 1,
      elapsedMs: 7000,
      delayMs: 0,
    },
  ])('$label', ({ options: given, failures, elapsedMs, delayMs }) => {
    expect(retryDelayMs(given, failures, elapsedMs)).toBe(delayMs);
  });
});
