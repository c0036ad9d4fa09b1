/** callHttp in a replay: a 202 with a Location is asked again after a timer, until it says something else. */
import { z } from 'zod';
import { HTTP_POLL_MS, type HttpRequest } from './protocol';
import { ReplayTask } from './replayTask';
import type { Step, StepNumbering } from './steps';

export const httpResponseSchema = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.string()),
  content: z.string(),
});

export function pollHttp(run: StepNumbering, request: HttpRequest): ReplayTask {
  const whole = new ReplayTask();
  const ask = (question: HttpRequest): void => {
    run.schedule({ kind: 'http', request: question }).whenSettled(({ ok, result }) => {
      const again = result === undefined || request.asynchronousPatternEnabled === false ? undefined : nextPoll(result);
      if (!ok || again === undefined) {
        whole.settle(ok, result);
        return;
      }
      const timer: Step = { kind: 'timer', fireAtMs: run.nowMs + again.delayMs, isCancelled: false };
      run
        .schedule(timer)
        .whenSettled(() =>
          ask({ ...request, method: 'GET', content: null, uri: new URL(again.location, question.uri).href }),
        );
    });
  };
  ask(request);
  return whole;
}

function nextPoll(result: string): { location: string; delayMs: number } | undefined {
  const { statusCode, headers } = httpResponseSchema.parse(JSON.parse(result));
  const location = headers['location'];
  if (statusCode !== 202 || location === undefined) return undefined;
  const retryAfter = headers['retry-after'];
  return { location, delayMs: retryAfter === undefined ? HTTP_POLL_MS : Number(retryAfter) * 1000 };
}
