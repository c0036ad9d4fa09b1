/** Lets no client wait for a delayed acknowledgement: whatever arrives is answered at once, by an empty frame if by nothing else. */

import { Socket } from 'node:net';
import type { Connection } from 'rhea';
import { fieldInside } from './rheaInside';

/** A frame without a performative, which peers ignore: https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html#doc-doc-idle-time-out */
const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);

/**
 * The client leaves Nagle's algorithm on, and writes small frames one by one: the second waits until the first is
 * acknowledged, which takes the operating system 40 ms unless there is something to send along. Opening a link took
 * 50 ms, and takes 5 (measured with @azure/service-bus 7.9.5).
 */
export function answerPromptly(connection: Connection): void {
  const socket = fieldInside(connection, 'socket');
  if (!(socket instanceof Socket)) return;
  let bytesAnswered = socket.bytesWritten;
  let isPending = false;
  const answer = (): void => {
    isPending = false;
    if (socket.writable && socket.bytesWritten === bytesAnswered) socket.write(EMPTY_FRAME);
    bytesAnswered = socket.bytesWritten;
  };
  socket.on('data', () => {
    if (!isPending) setImmediate(answer);
    isPending = true;
  });
}
