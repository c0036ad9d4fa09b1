/** What the durable backend may ask of the app: whether a function exists, and to run it. */

import type { DurableCalls } from './durable/backend';
import type { RegisteredFunction } from './worker/registration';
import type { AnswerData, TypedData } from './worker/typedData';
import { jsonTextOf } from './worker/typedData';

interface DurableRequest {
  readonly trigger: TypedData;
  readonly metadata: Readonly<Record<string, TypedData>>;
  readonly reason: string;
}

type Invoke = (target: RegisteredFunction, request: DurableRequest) => Promise<AnswerData | null | undefined>;

export function durableCalls(functions: readonly RegisteredFunction[], invoke: Invoke): DurableCalls {
  const find = (type: string, name: string): RegisteredFunction | undefined =>
    functions.find((each) => each.trigger.binding.type === type && each.name.toLowerCase() === name.toLowerCase());
  const need = (type: string, name: string): RegisteredFunction => {
    const found = find(type, name);
    if (found) return found;
    throw new Error(
      `The function '${name}' doesn't exist, is disabled, or is not an ${type.replace('Trigger', '')} function.`,
    );
  };
  return {
    has: (name) => find('orchestrationTrigger', name) !== undefined,
    hasActivity: (name) => find('activityTrigger', name) !== undefined,
    runOrchestrator: async (name, triggerJson) => {
      const reason = 'durable orchestration';
      const target = need('orchestrationTrigger', name);
      return jsonTextOf(await invoke(target, { trigger: { string: triggerJson }, metadata: {}, reason }));
    },
    runActivity: async (name, input, instanceId) => {
      const trigger = input === undefined ? {} : { string: input };
      const metadata = { instanceId: { string: instanceId }, data: trigger };
      const reason = `durable activity of '${instanceId}'`;
      return jsonTextOf(await invoke(need('activityTrigger', name), { trigger, metadata, reason }));
    },
  };
}
