/** Serves the Settlement service: the app settles, by lock token, the messages that its functions are handling. */

import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import rhea from 'rhea';
import { z } from 'zod';
import type { HeldLock, Properties } from './heldLock';
import type { SettlementRequest } from './settlementProtocol';
import { settlementRequest, settlementService } from './settlementProtocol';

/** As the real host: the largest message between host and worker. */
export const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

const ACTIONS: Readonly<Record<string, (lock: HeldLock, request: SettlementRequest) => Promise<void>>> = {
  Complete: (lock) => lock.settle({ kind: 'complete' }),
  Abandon: (lock, request) => lock.settle({ kind: 'abandon', properties: propertiesOf(request) }),
  Defer: (lock, request) => lock.settle({ kind: 'defer', properties: propertiesOf(request) }),
  Deadletter: (lock, request) =>
    lock.settle({
      kind: 'deadletter',
      properties: propertiesOf(request),
      reason: request.deadletterReason ?? '',
      description: request.deadletterErrorDescription ?? '',
    }),
  RenewMessageLock: (lock) => lock.renew(),
};

/** Properties to change travel as an AMQP map. */
function propertiesOf({ propertiesToModify }: SettlementRequest): Properties {
  if (!propertiesToModify || propertiesToModify.length === 0) return {};
  const { body } = rhea.message.decode(Buffer.concat([VALUE_SECTION, Buffer.from(propertiesToModify)]));
  return z.record(z.string(), z.unknown()).parse(body);
}

/** The descriptor of an amqp-value section (AMQP 1.0, 3.2.8), so that rhea decodes a bare value. */
const VALUE_SECTION = Buffer.from([0x00, 0x53, 0x77]);

class Refused extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.code = code;
  }
}

/** The messages that functions are handling right now, by the text of their lock token. */
export class HandledMessages {
  readonly #locks = new Map<string, HeldLock>();

  add(lock: HeldLock): void {
    this.#locks.set(lock.token.text, lock);
  }

  remove(lock: HeldLock): void {
    this.#locks.delete(lock.token.text);
  }

  get(token: string): HeldLock {
    const lock = this.#locks.get(token.toLowerCase());
    if (lock) return lock;
    throw new Refused(
      status.FAILED_PRECONDITION,
      `LockToken ${token} not found: a message can be settled only while its function runs.`,
    );
  }
}

export class SettlementServer {
  readonly #server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
  });

  constructor(handled: HandledMessages) {
    const service = settlementService();
    const implementation: UntypedServiceImplementation = {};
    for (const operation of Object.keys(service)) implementation[operation] = unary(answerTo(operation, handled));
    this.#server.addService(service, implementation);
  }

  /** Answers with the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(error);
        else resolve(port);
      });
    });
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

type Answer = (request: unknown) => Promise<void>;

function answerTo(operation: string, handled: HandledMessages): Answer {
  const act = ACTIONS[operation];
  return async (request) => {
    if (!act) throw new Refused(status.UNIMPLEMENTED, `This host has no sessions: '${operation}' is not supported.`);
    const parsed = settlementRequest.parse(request);
    await act(handled.get(parsed.locktoken), parsed);
  };
}

function unary(answer: Answer): UntypedServiceImplementation[string] {
  return (call: { request: unknown }, respond: (error: Partial<Refused> | null, value?: object) => void) => {
    answer(call.request).then(
      () => respond(null, {}),
      (error: unknown) => {
        const details = error instanceof Error ? error.message : String(error);
        respond(Object.assign(new Error(details), { code: error instanceof Refused ? error.code : status.UNKNOWN }));
      },
    );
  };
}
