// The Function App on Flex Consumption, which costs nothing while nothing runs, and its settings.
param name string
param planName string
param location string
param tags object
param identityId string
param identityClientId string
param storageAccountName string
param packageContainerUrl string
param serviceBusHost string
param insightsConnectionString string
param scopes string[]
param taskHub string
param paused bool
param furtherSettings object
param nodeVersion string
param instanceMemoryMB int
param maximumInstanceCount int

@description('Subnet of a private network, or nothing.')
param subnetId string

// A small heap, because V8 would not collect garbage before an instance of 512 MB is full (docs/deploying.md).
var nodeArguments = instanceMemoryMB == 512
  ? '--enable-source-maps --max-old-space-size=128 --max-semi-space-size=2'
  : '--enable-source-maps'

var settings = {
  AzureWebJobsStorage__accountName: storageAccountName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  SERVICE_BUS__fullyQualifiedNamespace: serviceBusHost
  SERVICE_BUS__credential: 'managedidentity'
  SERVICE_BUS__clientId: identityClientId
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AZURE_CLIENT_ID: identityClientId
  AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential'
  ALLOWED_SCOPES: join(scopes, ',')
  TASK_HUB: taskHub
  languageWorkers__node__arguments: nodeArguments
}

var isPaused = paused ? 'true' : 'false'

// The host's own switches of all triggers: messages wait in their queues meanwhile (azure-functions/disable-function).
var pauses = {
  'AzureWebJobs.imageBuildRequested.Disabled': isPaused
  'AzureWebJobs.resourceChanged.Disabled': isPaused
  'AzureWebJobs.auditDue.Disabled': isPaused
  'AzureWebJobs.historyDue.Disabled': isPaused
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: { instanceMemoryMB: instanceMemoryMB, maximumInstanceCount: maximumInstanceCount }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: map(items(union(settings, pauses, furtherSettings)), setting => { name: setting.key, value: setting.value })
    }
  }
}

// Packages come with an identity; passwords for that are of no use but to others.
resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-11-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

output name string = app.name
