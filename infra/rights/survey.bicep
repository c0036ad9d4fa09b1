// What a build asks of a subscription as a whole, also when the allow-list names only some of its groups.
targetScope = 'subscription'

param principalId string
@description('Name (GUID) of the role.')
param role string

resource right 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, role)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}
