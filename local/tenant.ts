/** The one tenant of every local subscription. */
export const TENANT = '99999999-9999-4999-8999-999999999999';
