/** The command line of `npm run dead-letters`: a queue, and what is to become of which of its dead letters. */
import { parseArgs } from 'node:util';
import { IMAGE_BUILD_REQUESTS, IMAGE_POOL_EVENTS, RESOURCE_EVENTS } from '../functions/queues';
import { errorText } from '../shared/domain/outcome';

export const DEAD_LETTER_QUEUES: readonly string[] = [IMAGE_BUILD_REQUESTS, RESOURCE_EVENTS, IMAGE_POOL_EVENTS];

export interface DeadLetterOrders {
  readonly queue: string;
  readonly resubmit: readonly string[] | 'all';
  readonly remove: readonly string[];
  /** File whose text takes the place of the body. */
  readonly corrected: string | undefined;
}

const OPTIONS = {
  resubmit: { type: 'string', multiple: true },
  'resubmit-all': { type: 'boolean' },
  delete: { type: 'string', multiple: true },
  with: { type: 'string' },
} as const;

/** What the words of the command line say, an id behind another one belonging to the option before it; or what is wrong. */
function sorted(args: readonly string[]) {
  const { tokens, values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, tokens: true });
  const ids = { resubmit: [...(values.resubmit ?? [])], delete: [...(values.delete ?? [])] };
  const queues: string[] = [];
  let into = queues;
  for (const token of tokens) {
    if (token.kind === 'positional') into.push(token.value);
    else if (token.kind === 'option')
      into = token.name === 'resubmit' || token.name === 'delete' ? ids[token.name] : queues;
  }
  return { ids, queues, values };
}

/** What speaks against these orders, if anything. */
function objection({ resubmit, remove, corrected, queue }: DeadLetterOrders): string | undefined {
  if (!DEAD_LETTER_QUEUES.includes(queue))
    return `${queue} is none of the app's queues: ${DEAD_LETTER_QUEUES.join(', ')}`;
  if (corrected !== undefined && (resubmit === 'all' || new Set(resubmit).size !== 1))
    return '--with takes the place of one body: name one id with --resubmit';
  const both = resubmit === 'all' ? remove : remove.filter((id) => resubmit.includes(id));
  return both.length > 0 ? `not both resubmitted and deleted: ${both.join(', ')}` : undefined;
}

/** Undefined when it cannot be understood; why, stands on stderr then. */
export function readOrders(args: readonly string[]): DeadLetterOrders | undefined {
  try {
    const { ids, queues, values } = sorted(args);
    const [queue, ...more] = queues;
    if (queue === undefined || more.length > 0) return undefined;
    const all = values['resubmit-all'] === true;
    if (all && ids.resubmit.length > 0) throw new Error('--resubmit-all leaves nothing for --resubmit');
    const orders = {
      queue,
      resubmit: all ? ('all' as const) : ids.resubmit,
      remove: ids.delete,
      corrected: values.with,
    };
    const wrong = objection(orders);
    if (wrong !== undefined) throw new Error(wrong);
    return orders;
  } catch (error) {
    console.error(errorText(error));
    return undefined;
  }
}
