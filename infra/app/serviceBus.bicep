// The namespace with the app's queues, and who may send and receive on them.
param name string
param location string
param tags object
param appPrincipalId string
param requesters { principalId: string, principalType: string }[]
param eventReaders { principalId: string, principalType: string }[]

@description('Closed to all but private endpoints and Event Grid, which is a trusted service. Only Premium knows either.')
param isPrivate bool

var receiverRole = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
)
var senderRole = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
)

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  // Basic has no duplicate detection.
  sku: { name: isPrivate ? 'Premium' : 'Standard', tier: isPrivate ? 'Premium' : 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
  }
}

resource networkRules 'Microsoft.ServiceBus/namespaces/networkRuleSets@2024-01-01' = if (isPrivate) {
  parent: namespace
  name: 'default'
  properties: { publicNetworkAccess: 'Disabled', defaultAction: 'Deny', trustedServiceAccessEnabled: true }
}

resource requests 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'image-build-requests'
  properties: {
    // The longest that Service Bus has.
    lockDuration: 'PT5M'
    // A trigger's faults are short, and there is no pause between deliveries.
    maxDeliveryCount: 5
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT10M'
    defaultMessageTimeToLive: 'P14D'
    deadLetteringOnMessageExpiration: true
  }
}

resource resourceEvents 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'resource-events'
  properties: {
    lockDuration: 'PT5M'
    maxDeliveryCount: 5
    requiresDuplicateDetection: true
    // Event Grid delivers again for a day, under one message id (event-grid/handler-service-bus).
    duplicateDetectionHistoryTimeWindow: 'P1D'
    defaultMessageTimeToLive: 'P14D'
    deadLetteringOnMessageExpiration: true
  }
}

resource events 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: 'image-pool-events'
  properties: {
    lockDuration: 'PT5M'
    maxDeliveryCount: 5
    requiresDuplicateDetection: true
    // A result or a finding may be told twice under one id.
    duplicateDetectionHistoryTimeWindow: 'P1D'
    defaultMessageTimeToLive: 'P14D'
    deadLetteringOnMessageExpiration: true
  }
}

// The triggers, and the audit's look at dead letters.
resource appReceivesRequests 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: requests
  name: guid(requests.id, appPrincipalId, receiverRole)
  properties: { principalId: appPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: receiverRole }
}

resource appReceivesResourceEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: resourceEvents
  name: guid(resourceEvents.id, appPrincipalId, receiverRole)
  properties: { principalId: appPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: receiverRole }
}

// Results and findings.
resource appSendsEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: events
  name: guid(events.id, appPrincipalId, senderRole)
  properties: { principalId: appPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: senderRole }
}

resource requestersSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for requester in requesters: {
    scope: requests
    name: guid(requests.id, requester.principalId, senderRole)
    properties: {
      principalId: requester.principalId
      principalType: requester.principalType
      roleDefinitionId: senderRole
    }
  }
]

resource readersReceive 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in eventReaders: {
    scope: events
    name: guid(events.id, reader.principalId, receiverRole)
    properties: {
      principalId: reader.principalId
      principalType: reader.principalType
      roleDefinitionId: receiverRole
    }
  }
]

output id string = namespace.id
output name string = namespace.name
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
output resourceEventsQueueId string = resourceEvents.id
