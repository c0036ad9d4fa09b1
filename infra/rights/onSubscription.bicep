// What the app may do in a whole subscription of the allow-list.
targetScope = 'subscription'

param principalId string
param roleIds string[]

// Azure Batch Account Reader: the Batch accounts' own endpoints, which answer for images and nodes (docs/permissions.md, "Elsewhere").
var batchReaderRole = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '11076f67-66f6-4be0-8f6b-f0609fd05cc9'
)

resource rights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for roleId in concat(roleIds, [batchReaderRole]): {
    name: guid(subscription().id, principalId, roleId)
    properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: roleId }
  }
]
