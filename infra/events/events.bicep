// Azure's events of every subscription in scope, on their way to the app's queue.
targetScope = 'subscription'

import { subscriptionOf } from '../scopes.bicep'

param token string
param location string
param tags object
param scopes string[]
param topicGroupName string
param existingTopics { subscriptionId: string, resourceGroup: string, name: string }[]
param appGroupName string
param serviceBusName string
param storageAccountName string
param queueId string
param storageAccountId string

var subscriptionIds = union(map(scopes, scope => subscriptionOf(scope)), [])

// Where the system topic of each subscription is, or will be.
var topics = map(subscriptionIds, id => {
  subscriptionId: id
  isThere: !empty(filter(existingTopics, topic => toLower(topic.subscriptionId) == id))
  groupName: first(filter(existingTopics, topic => toLower(topic.subscriptionId) == id)).?resourceGroup ?? topicGroupName
  topicName: first(filter(existingTopics, topic => toLower(topic.subscriptionId) == id)).?name ?? 'evgt-${token}'
})

module subscriptionTopics 'subscriptionTopic.bicep' = [
  for topic in topics: {
    name: 'topic-${token}-${uniqueString(topic.subscriptionId)}'
    scope: subscription(topic.subscriptionId)
    params: {
      groupName: topic.groupName
      topicName: topic.topicName
      location: location
      tags: tags
      isThere: topic.isThere
    }
  }
]

module delivery 'delivery.bicep' = [
  for (topic, index) in topics: {
    name: 'delivery-${token}-${uniqueString(topic.subscriptionId)}'
    scope: resourceGroup(appGroupName)
    params: {
      principalId: subscriptionTopics[index].outputs.principalId
      serviceBusName: serviceBusName
      storageAccountName: storageAccountName
    }
  }
]

module eventSubscriptions 'eventSubscription.bicep' = [
  for (topic, index) in topics: {
    name: 'events-${token}-${uniqueString(topic.subscriptionId)}'
    scope: resourceGroup(topic.subscriptionId, topic.groupName)
    params: {
      name: 'image-pools-${token}'
      topicName: topic.topicName
      queueId: queueId
      storageAccountId: storageAccountId
    }
    // Event Grid refuses a subscription whose identity may not write to the queue.
    dependsOn: [delivery[index]]
  }
]
