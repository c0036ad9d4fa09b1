/** `npm run send` as a user runs it: the built command in a process of its own. */
import { runCommand, type Ended } from './runCommand';

/** Runs it against this bus. */
export const runSend = (serviceBus: string, ...args: readonly string[]): Promise<Ended> =>
  runCommand('send', { SERVICE_BUS: serviceBus }, ...args);
