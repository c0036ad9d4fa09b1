/** Deliveries of Event Grid as their field lists describe them (event-schema-subscriptions, event-schema-resources); nobody is real. */
import { MANAGED, NOW } from './guard';
import { SUBSCRIPTION } from './build';

export const PRINCIPAL = '33333333-3333-4333-8333-333333333333';
export const CORRELATION = '44444444-4444-4444-8444-444444444444';
export const OBJECT_ID_CLAIM = 'http://schemas.microsoft.com/identity/claims/objectidentifier';

export const CLAIMS: Readonly<Record<string, string>> = {
  aud: 'https://management.azure.com/',
  iss: 'https://sts.windows.net/99999999-9999-4999-8999-999999999999/',
  name: 'Ada Example',
  ipaddr: '192.0.2.7',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': 'ada@example.com',
  [OBJECT_ID_CLAIM]: PRINCIPAL,
};

type Changes = Readonly<Record<string, unknown>>;

/** `data` of Microsoft.Resources.ResourceDeleteSuccess and its like. */
export const resourceData = (changes: Changes = {}) => ({
  authorization: {
    scope: MANAGED,
    action: 'Microsoft.Compute/images/delete',
    evidence: { role: 'Contributor', principalId: PRINCIPAL.replaceAll('-', ''), principalType: 'User' },
  },
  claims: CLAIMS,
  correlationId: CORRELATION,
  httpRequest: { clientRequestId: CORRELATION, clientIpAddress: '192.0.2.7', method: 'DELETE', url: MANAGED },
  resourceProvider: 'Microsoft.Compute',
  resourceUri: MANAGED,
  operationName: 'Microsoft.Compute/images/delete',
  status: 'Succeeded',
  subscriptionId: SUBSCRIPTION,
  tenantId: '99999999-9999-4999-8999-999999999999',
  ...changes,
});

export const gridEvent = (data: unknown = resourceData(), changes: Changes = {}) => ({
  id: 'event-1',
  topic: `/subscriptions/${SUBSCRIPTION}`,
  subject: MANAGED,
  eventType: 'Microsoft.Resources.ResourceDeleteSuccess',
  eventTime: NOW,
  dataVersion: '2',
  metadataVersion: '1',
  data,
  ...changes,
});

export const cloudEvent = (data: unknown = resourceData(), changes: Changes = {}) => ({
  specversion: '1.0',
  id: 'event-1',
  source: `/subscriptions/${SUBSCRIPTION}`,
  subject: MANAGED,
  type: 'Microsoft.Resources.ResourceDeleteSuccess',
  time: NOW,
  datacontenttype: 'application/json',
  data,
  ...changes,
});

/** Of Azure Resource Notifications: no claims, and the time of the change apart from that of the event. */
export const notification = (verb: 'Deleted' | 'CreatedOrUpdated' = 'Deleted', changes: Changes = {}) =>
  cloudEvent(
    {
      resourceInfo: {
        id: MANAGED,
        name: 'render-1',
        type: 'microsoft.compute/images',
        location: 'westeurope',
        properties: {},
      },
      operationalInfo: { resourceEventTime: NOW },
      apiVersion: '2024-07-01',
    },
    { type: `Microsoft.ResourceNotifications.Resources.${verb}`, ...changes },
  );
