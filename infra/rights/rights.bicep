// The app's roles, and where it gets them: in every subscription and resource group of the allow-list.
targetScope = 'subscription'

import { groupOf, isGroup, subscriptionOf } from '../scopes.bicep'

param token string
param scopes string[]
param principalId string
param mayBuild bool
param mayCapture bool

var granted = concat(
  [roles.outputs.auditRole],
  mayBuild ? [roles.outputs.buildRole] : [],
  mayBuild && mayCapture ? [roles.outputs.captureRole] : []
)

var subscriptionIds = union(map(scopes, scope => subscriptionOf(scope)), [])
// Each once, however it is spelled: two deployments of one name would get into each other's way.
var groupScopes = union(map(filter(scopes, scope => isGroup(scope)), scope => toLower(scope)), [])
var wholeSubscriptions = union(
  map(filter(scopes, scope => !isGroup(scope)), scope => subscriptionOf(scope)),
  []
)

module roles 'roles.bicep' = {
  params: {
    token: token
    assignableScopes: map(union([toLower(subscription().subscriptionId)], subscriptionIds), id => '/subscriptions/${id}')
  }
}

module rightsOnSubscriptions 'onSubscription.bicep' = [
  for id in wholeSubscriptions: {
    name: 'rights-${token}-${uniqueString(id)}'
    scope: subscription(id)
    params: {
      principalId: principalId
      roles: granted
    }
  }
]

module rightsOnGroups 'onGroup.bicep' = [
  for scope in groupScopes: {
    name: 'rights-${token}-${uniqueString(scope)}'
    scope: resourceGroup(subscriptionOf(scope), groupOf(scope))
    params: {
      principalId: principalId
      roles: granted
    }
  }
]

module surveyRights 'survey.bicep' = [
  for id in subscriptionIds: if (mayBuild) {
    name: 'survey-${token}-${uniqueString(id)}'
    scope: subscription(id)
    params: { principalId: principalId, role: roles.outputs.surveyRole }
  }
]
