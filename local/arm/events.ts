/** Event Grid's resource events, as the subscription's system topic delivers them (event-schema-subscriptions.md). */
import { randomUUID } from 'node:crypto';
import { TENANT } from '../tenant';

const TYPES = {
  write: 'Microsoft.Resources.ResourceWriteSuccess',
  delete: 'Microsoft.Resources.ResourceDeleteSuccess',
  action: 'Microsoft.Resources.ResourceActionSuccess',
} as const;

export type EventVerb = keyof typeof TYPES;

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
    readonly authorization: {
      readonly scope: string;
      readonly action: string;
      readonly evidence: { readonly role: string };
    };
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
}

/** Made up: nobody's name or address is in a local event. */
const CLAIMS = {
  aud: 'https://management.azure.com/',
  name: 'Ada Example',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ada@example.com',
  ipaddr: '192.0.2.7',
};

export function resourceEvent(happening: Happening): ResourceEvent {
  const { verb, resourceId, type, action, method, url, correlationId, atMs } = happening;
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
      authorization: { scope: resourceId, action: operationName, evidence: { role: 'Contributor' } },
      claims: CLAIMS,
      correlationId,
      httpRequest: { clientRequestId: randomUUID(), clientIpAddress: '192.0.2.7', method, url },
      resourceProvider: provider,
      resourceUri: resourceId,
      operationName,
      status: 'Succeeded',
      subscriptionId,
      tenantId: TENANT,
    },
  };
}
