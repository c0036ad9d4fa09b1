// A system topic with an identity of its own, by which Event Grid delivers without a key.
param name string
param tags object
param source string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  // Topics for subscriptions belong to no region.
  location: 'global'
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { source: source, topicType: 'Microsoft.Resources.Subscriptions' }
}

output principalId string = topic.identity.principalId
