/**
 * What the app uses of @azure/functions-extensions-servicebus 0.2.0-preview. The package's own types point at its
 * sources, which do not compile under `exactOptionalPropertyTypes`; drop this file once they do.
 */
declare module '@azure/functions-extensions-servicebus' {
  export interface Message {
    readonly body: unknown;
    readonly messageId?: string | number | Uint8Array;
    readonly lockToken?: string;
  }

  export interface MessageActions {
    complete(message: Message): Promise<void>;
    deadletter(
      message: Message,
      propertiesToModify?: Uint8Array,
      deadletterReason?: string,
      deadletterErrorDescription?: string,
    ): Promise<void>;
  }

  /** What a queue trigger with `sdkBinding: true` and cardinality one is given. */
  export interface ServiceBusMessageContext {
    readonly messages: Message;
    readonly actions: MessageActions;
  }
}
