/** Retries as DTFx does them: the call, a timer, the call again; each takes a number. */
import type { RetryOptions } from './protocol';
import { ReplayTask } from './replayTask';
import type { Step, StepNumbering } from './steps';

export function retry(run: StepNumbering, call: Step, options: RetryOptions): ReplayTask {
  const whole = new ReplayTask();
  const firstAttemptMs = run.nowMs;
  const attempt = (failures: number): void => {
    run.schedule(call).whenSettled(({ ok, result }) => {
      const delayMs = retryDelayMs(options, failures, run.nowMs - firstAttemptMs);
      if (ok) whole.settle(true, result);
      else if (delayMs === 0) whole.settle(false);
      else {
        // One more timer follows the last failed attempt, too (RetryInterceptor.Invoke, and RetryableTask in JS).
        run.schedule({ kind: 'timer', fireAtMs: run.nowMs + delayMs, isCancelled: false }).whenSettled(() => {
          if (failures + 1 < options.maxNumberOfAttempts) attempt(failures + 1);
          else whole.settle(false);
        });
      }
    });
  };
  attempt(0);
  return whole;
}

/** RetryInterceptor.ComputeNextDelay; 0 ends the retries. */
export function retryDelayMs(options: RetryOptions, failures: number, elapsedMs: number): number {
  if (elapsedMs >= (options.retryTimeoutInMilliseconds ?? Infinity)) return 0;
  const delayMs = options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** failures;
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? Infinity);
}
