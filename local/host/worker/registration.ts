/** A function as the app registers it, and its bindings by kind. */

import { z } from 'zod';

const binding = z.looseObject({
  type: z.string(),
  direction: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});

export const functionMetadata = z.looseObject({
  name: z.string(),
  bindings: z.record(z.string(), binding),
  retryOptions: z.unknown().optional(),
});

export type Binding = z.infer<typeof binding>;
export type FunctionMetadata = z.infer<typeof functionMetadata>;
export type FunctionCallback = (...args: unknown[]) => unknown;

export interface NamedBinding {
  readonly bindingName: string;
  readonly binding: Binding;
}

/** The name under which the library registers a return binding. */
export const RETURN_BINDING = '$return';

const isTrigger = ({ type }: Binding): boolean => type.toLowerCase().endsWith('trigger');

export class RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
  readonly triggers: readonly NamedBinding[];
  readonly inputs: readonly NamedBinding[];
  readonly outputs: readonly NamedBinding[];

  constructor(metadata: FunctionMetadata, callback: FunctionCallback) {
    this.name = metadata.name;
    this.metadata = metadata;
    this.callback = callback;
    const named = Object.entries(metadata.bindings).map(([bindingName, binding]) => ({ bindingName, binding }));
    this.triggers = named.filter(({ binding }) => isTrigger(binding));
    this.inputs = named.filter(({ binding }) => !isTrigger(binding) && binding.direction === 'in');
    this.outputs = named.filter(({ binding }) => !isTrigger(binding) && binding.direction === 'out');
  }

  get trigger(): NamedBinding {
    const [trigger] = this.triggers;
    if (!trigger) throw new Error(`Function '${this.name}' has no trigger.`);
    return trigger;
  }
}
