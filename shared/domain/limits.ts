/** Limits and patterns that Azure sets, each with the page it comes from. */

/** Node replicas: at least one for every 300 nodes of the pool (batch/batch-sig-images, "Considerations for large pools"). */
export const NODES_PER_REPLICA = 300;

/** A resize of a fixed-size pool of a gallery image: at least so many minutes for every 1,000 nodes (batch/batch-sig-images). */
export const RESIZE_MINUTES_PER_1000_NODES = 15;

/** Custom-image pools of more than so many nodes need this long at least (batch/batch-pool-node-error-checking, "Resize timeout"). */
export const LARGE_POOL_NODES = 300;
export const LARGE_POOL_RESIZE_MINUTES = 30;

/** What Azure takes when a pool states none (rest/api/batchmanagement/pool/create, `resizeTimeout`). */
export const DEFAULT_RESIZE_TIMEOUT_MINUTES = 15;

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

/** Nodes of all pools on one custom image (batch/batch-custom-images, "Considerations for large pools"; article, points 16 and 17). */
export const MAX_DEDICATED_NODES = 2_500;
export const MAX_SPOT_NODES = 1_000;

/** What another page of Azure's allows of them (batch/batch-quota-limit, "Pool size limits"). */
export const UNDISPUTED_DEDICATED_NODES = 2_000;

/** Nodes of a pool whose nodes talk to each other, by the account's pool allocation mode (batch/batch-quota-limit). */
export const MAX_INTER_NODE_NODES = { BatchService: 100, UserSubscription: 80 } as const;

/** Below it Azure answers 400 (rest/api/batchmanagement/pool/create, `resizeTimeout`). */
export const MIN_RESIZE_TIMEOUT_MINUTES = 5;

/** Image definitions and image versions of a subscription in one region (virtual-machines/azure-compute-gallery, "Limits"). */
export const MAX_DEFINITIONS_PER_REGION = 1_000;
export const MAX_VERSIONS_PER_REGION = 10_000;

/** LUNs of a node's data disks, from 0 (rest/api/batchmanagement/pool/create, `dataDisks.lun`). */
export const MAX_LUN = 63;

/** Task slots of a node: so many for each core, and never more than (rest/api/batchmanagement/pool/create, `taskSlotsPerNode`). */
export const TASK_SLOTS_PER_CORE = 4;
export const MAX_TASK_SLOTS = 256;

/** Each part of an image version's name is a 32-bit integer (virtual-machines/shared-image-galleries). */
export const MAX_VERSION_PART = 2 ** 31 - 1;

/** Gallery names (virtual-machines/troubleshooting-shared-images): no hyphen, other than the names inside of a gallery. */
export const GALLERY_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.]{0,78}[A-Za-z0-9])?$/;

/** Parts of a definition's identifier; each has its own length (virtual-machines/troubleshooting-shared-images). */
export const IDENTIFIER_PART = /^[A-Za-z0-9._-]*[A-Za-z0-9_-]$/;

/** Snapshot and managed image names (azure-resource-manager/management/resource-name-rules, Microsoft.Compute). */
export const SNAPSHOT_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,78}[A-Za-z0-9_])?$/;
export const MANAGED_IMAGE_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/;

/** VM names as resources; the host's name is another matter (resource-name-rules, Microsoft.Compute). */
export const VM_NAME = /^(?!_)[^\\/"[\]:|<>+=;,?*@&\s]{0,63}[^\\/"[\]:|<>+=;,?*@&\s.-]$/;

/** Batch account names. New ones are in lower case; ids of old ones are taken in any (rest/api/batchmanagement/batch-account/get). */
export const BATCH_ACCOUNT_NAME = /^[A-Za-z0-9]{3,24}$/;

/** Sizes that a gallery advises for a data disk at most, and takes at most (virtual-machines/image-version, "Before you begin"; troubleshooting-shared-images). */
export const ADVISED_DATA_DISK_GB = 1_024;
export const MAX_DATA_DISK_GB = 2_048;

/** All disks of one fully replicated image version (virtual-machines/azure-compute-gallery, "Limits"). */
export const MAX_IMAGE_GB = 2_048;

/** Any disk of a managed image (rest/api/compute/images/create-or-update, `diskSizeGB`). */
export const MAX_MANAGED_IMAGE_DISK_GB = 1_023;

/** A resize of a pool of more than so many nodes is better given more than Azure's default (article, point 19: 20 to 30 minutes; from how many nodes on is our choice). */
export const MIDDLE_POOL_NODES = 100;
export const MIDDLE_POOL_RESIZE_MINUTES = 20;

/** One resize of a pool on a custom image may not bring more nodes than these (article, point 19). */
export const NODES_PER_RESIZE = 300;

/** A limit of ours on what the app chooses itself: Azure names none for `resizeTimeout`, and a resize that is given days hides what went wrong. */
export const MAX_CHOSEN_RESIZE_MINUTES = 48 * 60;
