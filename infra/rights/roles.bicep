// Custom roles with exactly the actions that the app uses, by duty.
// Written by `npm run docs` from shared/domain/rights/ and shared/domain/guard/guardRights.ts. Do not edit it here.
targetScope = 'subscription'

@description('Makes the names unique, which they must be in a whole tenant.')
param token string

@description('Subscriptions in which the roles may be given.')
param assignableScopes string[]

resource audit 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'audit')
  properties: {
    roleName: 'Batch Image Pools Auditor (${token})'
    description: 'Reads pools, images and what images were made from. Changes nothing.'
    type: 'CustomRole'
    assignableScopes: assignableScopes
    permissions: [
      {
        actions: [
          // finding the Batch accounts; the region of an account
          'Microsoft.Batch/batchAccounts/read'
          // the pools, by list and one by one
          'Microsoft.Batch/batchAccounts/pools/read'
          // the images of pools, by Resource Graph and one by one
          'Microsoft.Compute/galleries/images/versions/read'
          // the images of pools, by Resource Graph and one by one
          'Microsoft.Compute/galleries/images/read'
          // the images of pools, by Resource Graph and one by one
          'Microsoft.Compute/images/read'
          // what images were made from
          'Microsoft.Compute/snapshots/read'
          // what images were made from
          'Microsoft.Compute/disks/read'
          // what images were made from
          'Microsoft.Storage/storageAccounts/read'
        ]
      }
    ]
  }
}

resource build 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'build')
  properties: {
    roleName: 'Batch Image Pools Builder (${token})'
    description: 'Copies the disks of VMs, makes images of them and pools on these, and takes back what a failed build made.'
    type: 'CustomRole'
    assignableScopes: assignableScopes
    permissions: [
      {
        actions: [
          // survey: what the identity may do there
          'Microsoft.Authorization/permissions/read'
          // survey: the VM
          'Microsoft.Compute/virtualMachines/read'
          // survey: whether the VM runs, and its extensions
          'Microsoft.Compute/virtualMachines/instanceView/read'
          // survey: each disk
          'Microsoft.Compute/disks/read'
          // copying the disk into a snapshot; when the build copies disks into snapshots | pools on images of the gallery: for Batch, Reader on the image is not enough; when the pool runs on an image of a gallery
          'Microsoft.Compute/disks/beginGetAccess/action'
          // survey: each snapshot of the source | snapshots, and their undo; when the build copies disks into snapshots
          'Microsoft.Compute/snapshots/read'
          // an image version straight from the snapshot; on route `direct` | snapshots, and their undo; when the build copies disks into snapshots
          'Microsoft.Compute/snapshots/write'
          // survey: the storage account of VHDs
          'Microsoft.Storage/storageAccounts/read'
          // survey: the managed image that is the source | managed image, and its undo; when the build makes a managed image
          'Microsoft.Compute/images/read'
          // survey: the resource group
          'Microsoft.Resources/subscriptions/resourceGroups/read'
          // snapshots, and their undo; when the build copies disks into snapshots
          'Microsoft.Compute/snapshots/delete'
          // managed image, and its undo; when the build makes a managed image
          'Microsoft.Compute/images/write'
          // managed image, and its undo; when the build makes a managed image
          'Microsoft.Compute/images/delete'
          // survey: the disk encryption sets of the regions
          'Microsoft.Compute/diskEncryptionSets/read'
          // survey: the gallery and its definitions
          'Microsoft.Compute/galleries/read'
          // survey: the gallery and its definitions
          'Microsoft.Compute/galleries/images/read'
          // image definition, and its undo; when there is no such definition yet
          'Microsoft.Compute/galleries/images/write'
          // image definition, and its undo; when there is no such definition yet
          'Microsoft.Compute/galleries/images/delete'
          // image version, its way into latest, and its undo; when the build makes an image version
          'Microsoft.Compute/galleries/images/versions/write'
          // image version, its way into latest, and its undo; when the build makes an image version
          'Microsoft.Compute/galleries/images/versions/delete'
          // survey: the version that is the source, and those beside it
          'Microsoft.Compute/galleries/images/versions/read'
          // survey: the account and its pools
          'Microsoft.Batch/batchAccounts/read'
          // survey: the account and its pools
          'Microsoft.Batch/batchAccounts/pools/read'
          // pool, and its undo
          'Microsoft.Batch/batchAccounts/pools/write'
          // pool, and its undo
          'Microsoft.Batch/batchAccounts/pools/delete'
        ]
      }
    ]
  }
}

resource capture 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'capture')
  properties: {
    roleName: 'Batch Image Pools Capturer (${token})'
    description: 'Beside what the builder may: generalizes VMs, and makes image versions of VMs and of VHDs themselves, for which Azure wants the keys of their storage account.'
    type: 'CustomRole'
    assignableScopes: assignableScopes
    permissions: [
      {
        actions: [
          // deallocating and generalizing the VM; when the request says `generalize: true`
          'Microsoft.Compute/virtualMachines/deallocate/action'
          // deallocating and generalizing the VM; when the request says `generalize: true`
          'Microsoft.Compute/virtualMachines/generalize/action'
          // an image version straight from the VM; when the image is made from the VM itself
          'Microsoft.Compute/virtualMachines/write'
          // an image version straight from VHDs; on route `direct`
          'Microsoft.Storage/storageAccounts/listKeys/action'
        ]
      }
    ]
  }
}

resource survey 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, token, 'survey')
  properties: {
    roleName: 'Batch Image Pools Surveyor (${token})'
    description: 'Reads what builds are checked against in a whole subscription: VM sizes, quotas, plans. Changes nothing.'
    type: 'CustomRole'
    assignableScopes: assignableScopes
    permissions: [
      {
        actions: [
          // survey: what the identity may do there
          'Microsoft.Authorization/permissions/read'
          // survey: the community image that is the source; when the source is an image of a community gallery
          'Microsoft.Compute/locations/communityGalleries/images/read'
          // survey: the community image that is the source; when the source is an image of a community gallery
          'Microsoft.Compute/locations/communityGalleries/images/versions/read'
          // survey: the shared image that is the source; when the source is an image that another tenant shares
          'Microsoft.Compute/locations/sharedGalleries/images/read'
          // survey: the shared image that is the source; when the source is an image that another tenant shares
          'Microsoft.Compute/locations/sharedGalleries/images/versions/read'
          // survey: pools of other accounts that take the same image
          'Microsoft.Batch/batchAccounts/read'
          // survey: pools of other accounts that take the same image
          'Microsoft.Batch/batchAccounts/pools/read'
          // survey: VM sizes
          'Microsoft.Batch/locations/virtualMachineSkus/read'
          // survey: purchase plan of the base image
          'Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read'
          // survey: cores in use; when the Batch account allocates pools in the subscription
          'Microsoft.Compute/locations/usages/read'
          // survey: how many definitions and versions there are; when the build makes an image version
          'Microsoft.Resources/subscriptions/resources/read'
          // survey: whether Microsoft.Batch is registered; when it is not the Batch account's
          'Microsoft.Resources/subscriptions/providers/read'
          // reading why a long operation failed
          'Microsoft.Compute/locations/capsOperations/read'
          // reading why a long operation failed
          'Microsoft.Compute/locations/diskOperations/read'
          // reading why a long operation failed
          'Microsoft.Compute/locations/operations/read'
        ]
      }
    ]
  }
}

output auditRole string = audit.name
output buildRole string = build.name
output captureRole string = capture.name
output surveyRole string = survey.name
