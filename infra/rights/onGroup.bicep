// What the app may do in one resource group of the allow-list.
param principalId string
@description('Names (GUIDs) of the roles: each subscription knows a role by an id of its own, with the same name.')
param roles string[]

// Azure Batch Account Reader: the Batch accounts' own endpoints, which answer for images and nodes (docs/permissions.md, "Elsewhere").
var batchReader = '11076f67-66f6-4be0-8f6b-f0609fd05cc9'

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in concat(roles, [batchReader]): {
    name: guid(resourceGroup().id, principalId, role)
    properties: {
      principalId: principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]
