/** Event Grid's resource events, as the subscription's system topic delivers them (event-schema-subscriptions.md). */
import { randomUUID } from 'node:crypto';
import { TENANT } from '../tenant';
import type { Caller } from './token';

const TYPES = {
  write: 'Microsoft.Resources.ResourceWriteSuccess',
  delete: 'Microsoft.Resources.ResourceDeleteSuccess',
  action: 'Microsoft.Resources.ResourceActionSuccess',
} as const;

export type EventVerb = keyof typeof TYPES;

/** Who made a change, as Azure Resource Manager knows it. */
export interface Author {
  readonly objectId: string;
  readonly principalType: 'ServicePrincipal' | 'User';
  readonly claims: Readonly<Record<string, string>>;
}

/** The role assignment that allowed a change. */
interface Evidence {
  readonly role: string;
  readonly roleAssignmentScope: string;
  readonly roleAssignmentId: string;
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly principalType: Author['principalType'];
}

/** EventGridSchema. */
export interface ResourceEvent {
  readonly id: string;
  readonly topic: string;
  readonly subject: string;
  readonly eventType: (typeof TYPES)[EventVerb];
  readonly eventTime: string;
  readonly dataVersion: '2';
  readonly metadataVersion: '1';
  readonly data: {
    readonly authorization: { readonly scope: string; readonly action: string; readonly evidence: Evidence };
    readonly claims: Readonly<Record<string, string>>;
    readonly correlationId: string;
    readonly httpRequest?: {
      readonly clientRequestId: string;
      readonly clientIpAddress: string;
      readonly method: string;
      readonly url: string;
    };
    readonly resourceProvider: string;
    readonly resourceUri: string;
    readonly operationName: string;
    readonly status: 'Succeeded';
    readonly subscriptionId: string;
    readonly tenantId: string;
  };
}

export interface Happening {
  readonly verb: EventVerb;
  readonly resourceId: string;
  readonly type: string;
  /** The name of the POST action. */
  readonly action?: string | undefined;
  readonly method: string;
  readonly url: string;
  readonly correlationId: string;
  readonly atMs: number;
  readonly by: Author;
}

const AUDIENCE = 'https://management.azure.com/';
const IP_ADDRESS = '192.0.2.7';
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

/** Whoever called the simulator: an identity of an app, which has no name. */
export const callerAsAuthor = ({ clientId, objectId }: Caller): Author => ({
  objectId,
  principalType: 'ServicePrincipal',
  claims: { aud: AUDIENCE, appid: clientId, ipaddr: IP_ADDRESS, [OBJECT_ID]: objectId },
});

const STRANGERS_ID = '00000000-0000-4000-8000-0000000000ff';

/** Whoever deletes behind one's back, and brings back. Made up: nobody's name or address is in a local event. */
export const STRANGER: Author = {
  objectId: STRANGERS_ID,
  principalType: 'User',
  claims: {
    aud: AUDIENCE,
    name: 'Ada Example',
    'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ada@example.com',
    ipaddr: IP_ADDRESS,
    [OBJECT_ID]: STRANGERS_ID,
  },
};

/** In this place Azure writes ids without dashes (azure-monitor/platform/activity-log-schema, samples). */
const bare = (id: string): string => id.replaceAll('-', '');

const evidenceOf = ({ objectId, principalType }: Author, subscriptionId: string): Evidence => ({
  role: 'Contributor',
  roleAssignmentScope: `/subscriptions/${subscriptionId}`,
  roleAssignmentId: bare('aaaaaaaa-0000-4000-8000-000000000001'),
  roleDefinitionId: bare('b24988ac-6180-42a0-ab88-20f7382dd24c'),
  principalId: bare(objectId),
  principalType,
});

export function resourceEvent(happening: Happening): ResourceEvent {
  const { verb, resourceId, type, action, method, url, correlationId, atMs, by } = happening;
  const [subscriptionId = '', provider = ''] = [resourceId.split('/')[2], type.split('/')[0]];
  // Microsoft.Resources/resourceGroups is an operation on the subscription (RBAC spells it so).
  const subject =
    type === 'Microsoft.Resources/resourceGroups' ? 'Microsoft.Resources/subscriptions/resourceGroups' : type;
  const operationName = action === undefined ? `${subject}/${verb}` : `${subject}/${action}/action`;
  return {
    id: randomUUID(),
    topic: `/subscriptions/${subscriptionId}`,
    subject: resourceId,
    eventType: TYPES[verb],
    eventTime: new Date(atMs).toISOString(),
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      authorization: { scope: resourceId, action: operationName, evidence: evidenceOf(by, subscriptionId) },
      claims: by.claims,
      correlationId,
      httpRequest: { clientRequestId: randomUUID(), clientIpAddress: IP_ADDRESS, method, url },
      resourceProvider: provider,
      resourceUri: resourceId,
      operationName,
      status: 'Succeeded',
      subscriptionId,
      tenantId: TENANT,
    },
  };
}
