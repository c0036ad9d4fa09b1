/** What a client's disposition of a delivery means for the message. */

import type { Delivery, EventContext } from 'rhea';
import type { ClientLinks } from './clientLinks';
import type { Verdict } from './locking';
import { fieldInside } from './rheaInside';
import { fieldsOf } from './wireValues';

type Reading = (outcome: Readonly<Record<string, unknown>>) => Verdict;

/** AMQP outcomes as Service Bus reads them: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#receiving-messages */
const READINGS: Readonly<Record<string, Reading>> = {
  accepted: () => ({ kind: 'complete', changes: {} }),
  released: () => ({ kind: 'abandon', changes: {} }),
  modified: ({ undeliverable_here: elsewhere, message_annotations: changes }) => ({
    kind: elsewhere === true ? 'defer' : 'abandon',
    changes: fieldsOf(changes),
  }),
  rejected: ({ error }) => ({ kind: 'deadLetter', changes: fieldsOf(fieldInside(error, 'info')) }),
};

export function verdictHandlers(links: ClientLinks): Record<string, (context: EventContext) => void> {
  const handlerOf = (name: string, read: Reading) => {
    const judge = ({ sender, delivery }: EventContext): void => {
      if (delivery === undefined) return;
      links.consumerOf(sender)?.judge(delivery, read(outcomeOf(delivery)));
    };
    return [name, judge] as const;
  };
  return Object.fromEntries(Object.entries(READINGS).map(([name, read]) => handlerOf(name, read)));
}

/** The outcome's fields are getters of its class, so each is asked for by name. */
function outcomeOf({ remote_state: state }: Delivery): Readonly<Record<string, unknown>> {
  const names = ['undeliverable_here', 'message_annotations', 'error'];
  return Object.fromEntries(names.map((name) => [name, fieldInside(state, name)]));
}
