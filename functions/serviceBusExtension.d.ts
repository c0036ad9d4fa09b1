/**
 * What the app uses of @azure/functions-extensions-servicebus 0.2.0-preview. The package's own types point at its
 * sources, which do not compile under `exactOptionalPropertyTypes`; drop this file once they do.
 */
declare module '@azure/functions-extensions-servicebus' {
  export interface Message {
    readonly body: unknown;
    readonly messageId?: string | number | Uint8Array;
    /** A Long; absent on none that a queue delivered. */
    readonly sequenceNumber?: { toString(): string };
    readonly lockToken?: string;
  }

  /** google.protobuf.StringValue: 0.2.0-preview declares a string, but hands it unwrapped to the serializer, which refuses it. */
  export interface StringValue {
    readonly value: string;
  }

  export interface MessageActions {
    complete(message: Message): Promise<void>;
    deadletter(
      message: Message,
      propertiesToModify: Uint8Array | undefined,
      deadletterReason: StringValue,
      deadletterErrorDescription: StringValue,
    ): Promise<void>;
  }

  /** What a queue trigger with `sdkBinding: true` is given: a list with `cardinality: 'many'`; the package's own sample takes it for one always. */
  export interface ServiceBusMessageContext {
    readonly messages: Message | readonly [Message, ...Message[]];
    readonly actions: MessageActions;
  }
}
