// Which of a subscription's events the guard is told of, and how.
param name string
param topicName string
param queueId string
param storageAccountId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource events 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: name
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: [
        'Microsoft.Resources.ResourceWriteSuccess'
        'Microsoft.Resources.ResourceDeleteSuccess'
      ]
      // At most 25 values in all filters of a subscription (event-grid/event-filtering).
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.operationName'
          values: [
            'Microsoft.Compute/images/write'
            'Microsoft.Compute/images/delete'
            'Microsoft.Compute/galleries/images/write'
            'Microsoft.Compute/galleries/images/delete'
            'Microsoft.Compute/galleries/images/versions/write'
            'Microsoft.Compute/galleries/images/versions/delete'
            'Microsoft.Batch/batchAccounts/pools/write'
            'Microsoft.Batch/batchAccounts/pools/delete'
            'Microsoft.Compute/galleries/delete'
            'Microsoft.Compute/snapshots/delete'
            'Microsoft.Compute/disks/delete'
            'Microsoft.Storage/storageAccounts/delete'
            'Microsoft.Batch/batchAccounts/delete'
            'Microsoft.Resources/subscriptions/resourceGroups/delete'
          ]
        }
      ]
    }
    deliveryWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      destination: { endpointType: 'ServiceBusQueue', properties: { resourceId: queueId } }
    }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storageAccountId, blobContainerName: 'event-dead-letters' }
      }
    }
    // The most that Event Grid has; later the audit has found it anyway.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
  }
}
