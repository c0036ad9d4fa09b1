// Private endpoints of storage and Service Bus, and the DNS zones by which the app finds them under their usual names.
param location string
param tags object
param networkId string
param subnetId string
param storageId string
param serviceBusId string

var storageSuffix = environment().suffixes.storage

var targets = [
  { name: 'blob', resourceId: storageId, groupId: 'blob', zone: 'privatelink.blob.${storageSuffix}' }
  { name: 'queue', resourceId: storageId, groupId: 'queue', zone: 'privatelink.queue.${storageSuffix}' }
  { name: 'table', resourceId: storageId, groupId: 'table', zone: 'privatelink.table.${storageSuffix}' }
  { name: 'bus', resourceId: serviceBusId, groupId: 'namespace', zone: 'privatelink.servicebus.windows.net' }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for target in targets: {
    name: target.zone
    location: 'global'
    tags: tags
  }
]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (target, index) in targets: {
    parent: zones[index]
    name: 'app'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

resource endpoints 'Microsoft.Network/privateEndpoints@2024-07-01' = [
  for target in targets: {
    name: 'pe-${target.name}-${uniqueString(target.resourceId)}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        {
          name: target.name
          properties: { privateLinkServiceId: target.resourceId, groupIds: [target.groupId] }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-07-01' = [
  for (target, index) in targets: {
    parent: endpoints[index]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [{ name: target.name, properties: { privateDnsZoneId: zones[index].id } }]
    }
  }
]
