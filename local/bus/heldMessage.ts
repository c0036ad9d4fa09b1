/** One message as the broker keeps it: what its sender wrote, and where it stands now. */

export type Fields = Readonly<Record<string, unknown>>;

/** What a sender handed in. */
export interface Draft {
  readonly id: string;
  readonly sessionId: string | undefined;
  readonly timeToLiveMs: number | undefined;
  readonly enqueueAtMs: number | undefined;
  readonly properties: Fields;
  /** Carried as it came; the queue never looks into it. */
  readonly payload: Fields;
}

export type Standing =
  | { readonly at: 'ready' }
  | { readonly at: 'deferred' }
  | { readonly at: 'scheduled'; readonly enqueueAtMs: number }
  | Locked
  | { readonly at: 'gone' };

export interface Locked {
  readonly at: 'locked';
  readonly token: string;
  readonly untilMs: number;
  /** The lock of a session ends with the session's, not by itself. */
  readonly bySession: boolean;
  readonly returnsTo: 'ready' | 'deferred';
}

export interface HeldMessage {
  readonly sequenceNumber: number;
  readonly draft: Draft;
  readonly enqueuedAtMs: number;
  readonly expiresAtMs: number;
  readonly deadLetterSource: string | undefined;
  properties: Fields;
  /** Deliveries that ended without success. */
  deliveryCount: number;
  standing: Standing;
}

/**
 * The instant at which something happens to a message by itself. A deferred message stays when its time is up:
 * https://learn.microsoft.com/azure/service-bus-messaging/message-deferral
 */
export function dueMsOf({ standing, expiresAtMs }: HeldMessage): number | undefined {
  if (standing.at === 'ready') return expiresAtMs === Infinity ? undefined : expiresAtMs;
  if (standing.at === 'scheduled') return standing.enqueueAtMs;
  if (standing.at === 'locked' && !standing.bySession) return standing.untilMs;
  return undefined;
}

/** Application properties after a settlement that changes some of them; what is undefined changes nothing. */
export function withChanges(properties: Fields, changes: Fields): Fields {
  const wanted = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null);
  return wanted.length === 0 ? properties : { ...properties, ...Object.fromEntries(wanted) };
}
