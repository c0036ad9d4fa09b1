// What a build asks of a subscription as a whole, also when the allow-list names only some of its groups.
targetScope = 'subscription'

param principalId string
param roleId string

resource right 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, principalId, roleId)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: roleId }
}
