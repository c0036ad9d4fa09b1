// Everything that the app needs in Azure: `azd up` deploys it with the app; docs/azure-resources.md lists it.
targetScope = 'subscription'

@minLength(1)
@maxLength(32)
@description('Name of this installation. All names derive from it; two installations never share anything.')
param environmentName string

@minLength(1)
@description('Region of the app. It may guard and build in any other.')
param location string

@minLength(1)
@description('What the app may touch (setting ALLOWED_SCOPES): subscription ids, or ids of resource groups.')
param scopes string[]

@description('Whether the app may build pools. Without it the identity gets read rights only, and builds are refused.')
param mayBuild bool = true

@description('Whether builds may also generalize VMs, make images of them, and read keys of storage accounts to take VHDs without a managed image.')
param mayCapture bool = false

@allowed(['22', '24'])
@description('Node of the app. What a region has: az functionapp list-flexconsumption-runtimes --location REGION --runtime node')
param nodeVersion string = '24'

@allowed([512, 2048, 4096])
@description('Memory of an instance in MB. An audit of 5,000 pools stays below 250 MB with the small heap that 512 brings.')
param instanceMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
@description('The most instances. Azure Resource Manager throttles long before so many are of use.')
param maximumInstanceCount int = 40

@minLength(3)
@maxLength(45)
@description('Name of the durable task hub (setting TASK_HUB). Another name begins with no builds under way.')
param taskHub string = 'ImagePools'

@description('Whether requests, events and audits wait. Builds under way go on (docs/operations.md).')
param paused bool = false

@description('Further settings of README.md, such as { IMAGE_END_DAYS: \'14\' }.')
param furtherSettings object = {}

@description('Closes storage and Service Bus to the internet and puts the app into a network of its own. Takes Service Bus Premium.')
param privateNetworking bool = false

@description('Address range of that network; at least a /25.')
param addressPrefix string = '10.77.0.0/24'

@description('System topics for subscription events that exist already: Azure allows one for each subscription. Each needs a system-assigned identity.')
param existingTopics { subscriptionId: string, resourceGroup: string, name: string }[] = []

@description('Object ids of service principals and groups that may ask for pools. Whoever may ask can have any VM in scope copied.')
param requesters { principalId: string, principalType: 'Group' | 'ServicePrincipal' | 'User' }[] = []

@description('Object ids of those that may read results and findings.')
param eventReaders { principalId: string, principalType: 'Group' | 'ServicePrincipal' | 'User' }[] = []

@description('Addresses that alerts are sent to. Without any, alerts show in the portal only.')
param alertEmails string[] = []

@allowed(['PT2H', 'PT3H', 'PT4H', 'PT5H', 'PT6H', 'P1D', 'P2D'])
@description('An alert fires when no audit has ended for so long. Audits are due every hour, unless AUDIT_SCHEDULE says otherwise.')
param auditSilence string = 'PT3H'

@minValue(30)
@maxValue(730)
@description('So many days logs are kept.')
param logRetentionDays int = 30

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  scope: group
  params: { name: 'id-${token}', location: location, tags: tags }
}

module network 'app/network.bicep' = if (privateNetworking) {
  scope: group
  params: { name: 'vnet-${token}', location: location, tags: tags, addressPrefix: addressPrefix }
}

module storage 'app/storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    isPrivate: privateNetworking
  }
}

module serviceBus 'app/serviceBus.bicep' = {
  scope: group
  params: {
    name: 'sb-${token}'
    location: location
    tags: tags
    appPrincipalId: identity.outputs.principalId
    requesters: requesters
    eventReaders: eventReaders
    isPrivate: privateNetworking
  }
}

module endpoints 'app/privateEndpoints.bicep' = if (privateNetworking) {
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network.?outputs.networkId ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    storageId: storage.outputs.id
    serviceBusId: serviceBus.outputs.id
  }
}

module telemetry 'watch/telemetry.bicep' = {
  scope: group
  params: {
    name: 'appi-${token}'
    workspaceName: 'log-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    appPrincipalId: identity.outputs.principalId
  }
}

module functionApp 'app/functionApp.bicep' = {
  scope: group
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    serviceBusHost: serviceBus.outputs.host
    insightsConnectionString: telemetry.outputs.connectionString
    scopes: scopes
    taskHub: taskHub
    paused: paused
    furtherSettings: furtherSettings
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    subnetId: network.?outputs.appSubnetId ?? ''
  }
}

module rights 'rights/rights.bicep' = {
  params: { token: token, scopes: scopes, principalId: identity.outputs.principalId, mayBuild: mayBuild, mayCapture: mayCapture }
}

module events 'events/events.bicep' = {
  params: {
    token: token
    location: location
    tags: tags
    scopes: scopes
    topicGroupName: 'rg-${environmentName}-events'
    existingTopics: existingTopics
    appGroupName: group.name
    serviceBusName: serviceBus.outputs.name
    storageAccountName: storage.outputs.name
    queueId: serviceBus.outputs.resourceEventsQueueId
    storageAccountId: storage.outputs.id
  }
}

module alerts 'watch/alerts.bicep' = {
  scope: group
  params: {
    location: location
    tags: tags
    workspaceId: telemetry.outputs.workspaceId
    serviceBusId: serviceBus.outputs.id
    emails: alertEmails
    auditSilence: auditSilence
  }
}

module workbook 'watch/workbook.bicep' = {
  scope: group
  params: { location: location, tags: tags, workspaceId: telemetry.outputs.workspaceId }
}

output resourceGroupName string = group.name
output functionAppName string = functionApp.outputs.name
output serviceBusHost string = serviceBus.outputs.host
output storageAccountName string = storage.outputs.name
