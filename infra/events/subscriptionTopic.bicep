// The system topic for the events of one subscription: a new one, or the one that is there.
targetScope = 'subscription'

param groupName string
param topicName string
param location string
param tags object

@description('Azure has one system topic for each subscription: when somebody made it before, it is used.')
param isThere bool

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = if (!isThere) {
  name: groupName
  location: location
  tags: tags
}

module made 'newTopic.bicep' = if (!isThere) {
  scope: group
  params: { name: topicName, tags: tags, source: subscription().id }
}

module found 'existingTopic.bicep' = if (isThere) {
  scope: resourceGroup(groupName)
  params: { name: topicName }
}

output principalId string = (isThere ? found.?outputs.principalId : made.?outputs.principalId) ?? ''
