/** The queues of the app, and the setting that holds their namespace. */

export const SERVICE_BUS_CONNECTION = 'SERVICE_BUS';
export const IMAGE_BUILD_REQUESTS = 'image-build-requests';
export const RESOURCE_EVENTS = 'resource-events';
export const IMAGE_POOL_EVENTS = 'image-pool-events';
