// Where the app's log goes, and its right to write there: with its identity, no key is taken.
param name string
param workspaceName string
param location string
param tags object
param retentionDays int
param appPrincipalId string

// Monitoring Metrics Publisher (azure-monitor/app/azure-ad-authentication).
var publisherRole = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '3913510d-42f4-4e42-8a64-420c390055eb'
)

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionDays
    features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource appWrites 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, appPrincipalId, publisherRole)
  properties: { principalId: appPrincipalId, principalType: 'ServicePrincipal', roleDefinitionId: publisherRole }
}

output workspaceId string = workspace.id
output connectionString string = insights.properties.ConnectionString
