/** Requests and their replies over a pair of links: `$cbs` tokens and `$management` operations. */

import { message as amqp, type Connection, type EventContext, type Sender } from 'rhea';
import type { Fields } from './heldMessage';
import type { Answer } from './management';
import { addressOf } from './rheaInside';
import { isRefusal } from './refusals';
import { fieldsOf } from './wireValues';

export interface Request {
  readonly operation: unknown;
  readonly body: unknown;
  readonly message: Fields;
  readonly connection: Connection;
}

export function requestOf({ message, connection }: EventContext): Request {
  const fields: Fields = { ...message };
  const { operation } = fieldsOf(fields['application_properties']);
  return { operation, body: fields['body'] ?? {}, message: fields, connection };
}

/** The broker believes every token, and answers as Azure does: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization */
export function replyAuthorized(request: Request): void {
  send(request, { 'status-code': 202, 'status-description': 'Accepted' });
}

/** HTTP-like codes beside the condition, which is what the client looks at first. */
const STATUS_CODES: Readonly<Record<string, number>> = {
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:session-lock-lost': 410,
  'com.microsoft:message-not-found': 404,
  'amqp:not-found': 404,
  'amqp:not-implemented': 501,
  'amqp:link:message-size-exceeded': 403,
};
const BAD_REQUEST = 400;

export function replyTo(request: Request, answer: Answer): void {
  if (isRefusal(answer)) {
    const statusCode = STATUS_CODES[answer.condition] ?? BAD_REQUEST;
    send(request, { statusCode, errorCondition: answer.condition, statusDescription: answer.description });
  } else if (answer.body === undefined) {
    send(request, { statusCode: 204, statusDescription: 'No content' });
  } else {
    send(request, { statusCode: 200, statusDescription: 'OK' }, answer.body);
  }
}

function send({ message, connection }: Request, properties: Fields, body?: Fields): void {
  const replyAddress = message['reply_to'];
  const goesThere = (link: Sender): boolean => link.name === replyAddress || addressOf(link.target) === replyAddress;
  const reply = { correlation_id: message['message_id'], application_properties: properties, body };
  connection.find_sender(goesThere)?.send(amqp.encode({ ...reply, to: replyAddress }), undefined, 0);
}
