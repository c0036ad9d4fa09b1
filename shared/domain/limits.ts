/** Limits and patterns that Azure sets, each with the page it comes from. */

/** Node replicas: at least one for every 300 nodes of the pool (batch/batch-sig-images, "Considerations for large pools"). */
export const NODES_PER_REPLICA = 300;

/** Replicas of one image version in one region (virtual-machines/azure-compute-gallery, "Limits"). */
export const MAX_REPLICAS = 100;

/** Names of snapshots and managed images (azure-resource-manager/management/resource-name-rules, Microsoft.Compute). */
export const MAX_COMPUTE_NAME_LENGTH = 80;

/** Image definition names (virtual-machines/troubleshooting-shared-images). */
export const IMAGE_DEFINITION_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?$/;

/** Pool names (rest/api/batchmanagement/pool/create, `poolName`). */
export const POOL_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Resource group names (azure-resource-manager/management/resource-name-rules). */
export const RESOURCE_GROUP_NAME = /^[-\w.()]{0,89}[-\w()]$/;

/** Dead-letter reasons and descriptions, as AMQP strings (service-bus-messaging/service-bus-dead-letter-queues). */
export const MAX_DEAD_LETTER_TEXT_LENGTH = 4096;

/** Publisher of an image definition, and its offer and sku (rest/api/compute/gallery-images/create-or-update, `identifier`). */
export const MAX_PUBLISHER_LENGTH = 128;
export const MAX_OFFER_LENGTH = 64;

/** Length of a tag's value (azure-resource-manager/management/tag-resources, "Limitations"). */
export const MAX_TAG_VALUE_LENGTH = 256;
