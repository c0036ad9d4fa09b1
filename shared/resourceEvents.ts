/**
 * What Event Grid delivers to the queue `resource-events`: EventGridSchema or CloudEvents, one event or a list of them,
 * of Azure Resource Manager or of Azure Resource Notifications. `data.claims` is personal data and is never read out.
 */
import * as z from 'zod';
import { isWatched, type ResourceChange } from './domain/guard/change';
import { isAllowed, type Scope } from './domain/scope';
import { jsonOf } from './json';

/** What a delivery comes to. */
export interface ReadEvents {
  readonly changes: readonly ResourceChange[];
  /** Types of events, or of resources, that are none of the guard's business. */
  readonly ignored: readonly string[];
  /** What could not be read; the message goes to the dead-letter queue, after the changes beside it were taken on. */
  readonly problems: readonly string[];
}

/** Types of events that tell of a change (event-grid/event-schema-subscriptions, event-schema-resources). */
const VERBS: ReadonlyMap<string, ResourceChange['verb']> = new Map([
  ['microsoft.resources.resourcedeletesuccess', 'deleted'],
  ['microsoft.resources.resourcewritesuccess', 'written'],
  ['microsoft.resourcenotifications.resources.deleted', 'deleted'],
  ['microsoft.resourcenotifications.resources.createdorupdated', 'written'],
]);

const text = z.string().min(1);

/** Either of the two envelopes. */
const envelope = z
  .object({
    id: text,
    eventType: text.optional(),
    type: text.optional(),
    subject: z.string().optional(),
    eventTime: z.string().optional(),
    time: z.string().optional(),
    data: z.unknown().optional(),
  })
  .transform(({ id, eventType, type, subject, eventTime, time, data }, context) => {
    const kind = eventType ?? type;
    if (kind === undefined) {
      context.addIssue('has neither eventType (EventGridSchema) nor type (CloudEvents)');
      return z.NEVER;
    }
    return { id, kind, subject, time: eventTime ?? time, data };
  });

const GUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

/** An id, and nothing else: no name gets through. The evidence of an authorization writes its ids without hyphens. */
const guid = z
  .string()
  .regex(GUID)
  .transform((id) => id.replace(GUID, '$1-$2-$3-$4-$5'))
  .optional()
  .catch(undefined);
const optionalText = z.string().optional().catch(undefined);

/** The only one of the claims that is no name: the object id (entra/identity-platform/access-token-claims-reference, `oid`). */
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

const resourceData = z.object({
  /** Named `resourceUrl` by one of the SDKs; on the wire it is `resourceUri`. */
  resourceUri: optionalText,
  correlationId: guid,
  authorization: z
    .object({ evidence: z.object({ principalId: guid, principalType: optionalText }) })
    .optional()
    .catch(undefined),
  claims: z
    .object({ [OBJECT_ID]: guid })
    .optional()
    .catch(undefined),
  /** Of Azure Resource Notifications. */
  resourceInfo: z.object({ id: z.string() }).optional().catch(undefined),
  operationalInfo: z.object({ resourceEventTime: optionalText }).optional().catch(undefined),
});

type ResourceData = z.infer<typeof resourceData>;
type Envelope = z.infer<typeof envelope>;
type Read = { readonly change: ResourceChange } | { readonly ignored: string } | { readonly problem: string };

const isInstant = (time: string | undefined): time is string => time !== undefined && !Number.isNaN(Date.parse(time));

/** Whoever holds the role that allowed it; that may be a group, and a group did not do it. */
function roleHolder({ authorization }: ResourceData): string | undefined {
  const { principalId, principalType } = authorization?.evidence ?? {};
  return principalType?.toLowerCase() === 'group' ? undefined : principalId;
}

function authorOf(data: ResourceData, event: Envelope): ResourceChange['by'] {
  const objectId = data.claims?.[OBJECT_ID] ?? roleHolder(data);
  const at = [data.operationalInfo?.resourceEventTime, event.time].find(isInstant) ?? '';
  return {
    ...(objectId === undefined ? {} : { objectId }),
    ...(data.correlationId === undefined ? {} : { correlationId: data.correlationId }),
    at,
  };
}

function readOne(json: unknown): Read {
  const parsed = envelope.safeParse(json);
  if (!parsed.success) return { problem: `not an event: ${issuesOf(parsed.error)}` };
  const event = parsed.data;
  const verb = VERBS.get(event.kind.toLowerCase());
  if (verb === undefined) return { ignored: event.kind };
  const data = resourceData.safeParse(event.data);
  if (!data.success) return { problem: `event ${event.id}: data: ${issuesOf(data.error)}` };
  const { resourceUri, resourceInfo } = data.data;
  const resourceId = [resourceUri, resourceInfo?.id, event.subject].find((one) => one?.startsWith('/'));
  if (resourceId === undefined) {
    return { problem: `event ${event.id}: names no resource (data.resourceUri, subject)` };
  }
  const change = { verb, resourceId, eventId: event.id, by: authorOf(data.data, event) };
  return isWatched(change) ? { change } : { ignored: `${event.kind} of ${resourceId}` };
}

const issuesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message }) => [path.map(String).join('.'), message].filter((part) => part !== '').join(': '))
    .join('; ');

/** Reads a delivery; changes outside of the allow-list are ignored. */
export function readResourceEvents(body: unknown, allowedScopes: readonly Scope[]): ReadEvents {
  const parsed = jsonOf(body);
  if (!parsed) return { changes: [], ignored: [], problems: ['not JSON'] };
  const events: readonly unknown[] = Array.isArray(parsed.json) ? parsed.json : [parsed.json];
  const read = events.map(readOne);
  const changes = read.flatMap((one) => ('change' in one ? [one.change] : []));
  const allowed = changes.filter(({ resourceId }) => isAllowed(resourceId, allowedScopes));
  const outside = changes.filter((change) => !allowed.includes(change));
  return {
    changes: allowed,
    ignored: [
      ...read.flatMap((one) => ('ignored' in one ? [one.ignored] : [])),
      ...outside.map(({ resourceId }) => `${resourceId} is not on the allow-list`),
    ],
    problems: read.flatMap((one) => ('problem' in one ? [one.problem] : [])),
  };
}
