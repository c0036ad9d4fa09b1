/** The Settlement service by which an app settles messages itself, as protocol buffers describe it to gRPC. */

import type { ServiceDefinition } from '@grpc/grpc-js';
import type { AnyDefinition, ServiceDefinition as LoadedService } from '@grpc/proto-loader';
import { fromJSON } from '@grpc/proto-loader';
import { z } from 'zod';

const field = (type: string, id: number) => ({ type, id });
const message = (...fields: [name: string, type: string][]) => ({
  fields: Object.fromEntries(fields.map(([name, type], index) => [name, field(type, index + 1)])),
});
const call = (requestType: string, responseType: string) => ({ requestType, responseType, comment: '' });
const EMPTY = 'google.protobuf.Empty';
const TEXT = 'google.protobuf.StringValue';

const token = ['locktoken', 'string'] as const;
const properties = ['propertiesToModify', 'bytes'] as const;
const session = ['sessionId', 'string'] as const;
const state = ['sessionState', 'bytes'] as const;

/** Wire names and field numbers: settlement.proto of the Service Bus extension. */
const PROTOCOL = {
  nested: {
    Settlement: {
      methods: {
        Complete: call('CompleteRequest', EMPTY),
        Abandon: call('AbandonRequest', EMPTY),
        Deadletter: call('DeadletterRequest', EMPTY),
        Defer: call('DeferRequest', EMPTY),
        RenewMessageLock: call('RenewMessageLockRequest', EMPTY),
        GetSessionState: call('GetSessionStateRequest', 'GetSessionStateResponse'),
        SetSessionState: call('SetSessionStateRequest', EMPTY),
        ReleaseSession: call('ReleaseSessionRequest', EMPTY),
        RenewSessionLock: call('RenewSessionLockRequest', 'RenewSessionLockResponse'),
      },
    },
    CompleteRequest: message([...token]),
    AbandonRequest: message([...token], [...properties]),
    DeadletterRequest: message(
      [...token],
      [...properties],
      ['deadletterReason', TEXT],
      ['deadletterErrorDescription', TEXT],
    ),
    DeferRequest: message([...token], [...properties]),
    RenewMessageLockRequest: message([...token]),
    GetSessionStateRequest: message([...session]),
    SetSessionStateRequest: message([...session], [...state]),
    GetSessionStateResponse: message([...state]),
    ReleaseSessionRequest: message([...session]),
    RenewSessionLockRequest: message([...session]),
    RenewSessionLockResponse: message(['lockedUntil', 'google.protobuf.Timestamp']),
    google: {
      nested: {
        protobuf: {
          nested: {
            Empty: message(),
            StringValue: message(['value', 'string']),
            Timestamp: message(['seconds', 'int64'], ['nanos', 'int32']),
          },
        },
      },
    },
  },
};

const isService = (loaded: AnyDefinition | undefined): loaded is LoadedService =>
  loaded !== undefined && !('format' in loaded);

export function settlementService(): ServiceDefinition {
  const { Settlement: service } = fromJSON(PROTOCOL, { defaults: true, longs: String });
  if (!isService(service)) throw new Error('The Settlement service could not be described to gRPC.');
  return service;
}

const wrappedText = z.object({ value: z.string() }).nullish();

/** What any request to settle one message may say. */
export const settlementRequest = z.object({
  locktoken: z.string(),
  propertiesToModify: z.instanceof(Uint8Array).optional(),
  deadletterReason: wrappedText.transform((text) => text?.value),
  deadletterErrorDescription: wrappedText.transform((text) => text?.value),
});
export type SettlementRequest = z.infer<typeof settlementRequest>;
