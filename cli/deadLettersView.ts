/** Dead letters as text for a terminal. */
import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** Of each body: enough to know a request by, not enough to fill a screen. */
const MOST_LINES = 12;
const MOST_CHARACTERS = 800;

/** Escape sequences in a sender's text would be obeyed by the terminal; tabs and line ends may be. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;
const printable = (text: string): string => text.replaceAll('\r\n', '\n').replace(CONTROL, '·');

/** The id that a dead letter is named by: its own, if no other one has it, or its number in the queue. */
export function namesOf(letters: readonly ServiceBusReceivedMessage[]): readonly string[] {
  const times = new Map<string, number>();
  const idOf = ({ messageId }: ServiceBusReceivedMessage): string => (messageId === undefined ? '' : String(messageId));
  for (const letter of letters) times.set(idOf(letter), (times.get(idOf(letter)) ?? 0) + 1);
  return letters.map((letter) => {
    const id = idOf(letter);
    return id !== '' && times.get(id) === 1 ? id : `sequence-number-${String(letter.sequenceNumber)}`;
  });
}

/** A body as its sender wrote it: the receiver was told not to parse. */
export const bodyText = (body: unknown): string =>
  Buffer.isBuffer(body) ? body.toString('utf8') : typeof body === 'string' ? body : JSON.stringify(body);

function shortened(text: string): string {
  const lines = text.slice(0, MOST_CHARACTERS).split('\n').slice(0, MOST_LINES);
  const shown = lines.join('\n');
  return shown.length === text.length ? shown : `${shown} … (${text.length} characters in all)`;
}

const indented = (text: string): string => text.replaceAll('\n', '\n    ');

function deadLetterText(name: string, letter: ServiceBusReceivedMessage): string {
  const rows = [
    ['enqueued', letter.enqueuedTimeUtc?.toISOString() ?? 'unknown'],
    ['reason', letter.deadLetterReason ?? 'none given'],
    ['description', letter.deadLetterErrorDescription ?? 'none given'],
    ...(letter.correlationId === undefined ? [] : [['correlation', String(letter.correlationId)]]),
    ['body', `\n${shortened(bodyText(letter.body))}`],
  ] as const;
  const lines = rows.map(([what = '', text = '']) => `  ${what.padEnd(11)} ${indented(printable(text))}`);
  return [printable(name), ...lines].join('\n');
}

export function deadLettersText(queue: string, letters: readonly ServiceBusReceivedMessage[]): string {
  if (letters.length === 0) return `No dead letters in ${queue}.`;
  const names = namesOf(letters);
  const texts = letters.map((letter, index) => deadLetterText(names[index] ?? '', letter));
  return [`${letters.length} dead letter${letters.length === 1 ? '' : 's'} in ${queue}:`, ...texts].join('\n\n');
}
