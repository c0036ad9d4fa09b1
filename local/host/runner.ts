/** Runs functions with the inputs that their bindings ask for, and sends their outputs. */

import type { QueueLinks } from './bus/queueLinks';
import { sendOutputs } from './outputs';
import type { UnderWay } from './underWay';
import type { InvocationRequest, Invocations } from './worker/invocations';
import type { RegisteredFunction } from './worker/registration';
import type { AnswerData, TypedData } from './worker/typedData';

interface Parts {
  readonly invocations: Invocations;
  readonly links: QueueLinks;
  readonly underWay: UnderWay;
  /** JSON text of a durableClient input; undefined in an app without durable functions. */
  readonly durableClient: () => string | undefined;
}

export class Runner {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Rejects with what the function threw, or when an output could not be sent. */
  run(target: RegisteredFunction, request: Omit<InvocationRequest, 'inputs'>): Promise<AnswerData | null | undefined> {
    const { invocations, links, underWay } = this.#parts;
    return underWay.run(async () => {
      const response = await invocations.invoke(target, { ...request, inputs: this.#inputs(target) });
      await sendOutputs(target, response, (output) => links.sender(output));
      return response.returnValue;
    });
  }

  #inputs(target: RegisteredFunction): Record<string, TypedData> {
    if (target.inputs.length === 0) return {};
    const client = this.#parts.durableClient();
    const data: TypedData = client === undefined ? {} : { string: client };
    return Object.fromEntries(target.inputs.map(({ bindingName }) => [bindingName, data]));
  }
}
