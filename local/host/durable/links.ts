/** The addresses of the durable HTTP API, as links for an instance and as the value of a durableClient binding. */

export interface HubAddress {
  readonly origin: string;
  readonly hubName: string;
}

const WEBHOOKS = 'runtime/webhooks/durabletask';
/** The system key that the real host appends; nothing here checks it. */
const KEY = 'code=local';

export function instanceLinks({ origin, hubName }: HubAddress, instanceId: string): Record<string, string> {
  const base = `${origin}/${WEBHOOKS}/instances/${encodeURIComponent(instanceId)}`;
  const query = `taskHub=${encodeURIComponent(hubName)}&connection=Storage&${KEY}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    rewindPostUri: `${base}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

/** With `rpcBaseUrl` the client sends every call there; the other addresses are only handed on to callers. */
export function clientBinding(address: HubAddress): string {
  const base = `${address.origin}/${WEBHOOKS}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  return JSON.stringify({
    taskHubName: address.hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?${KEY}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${KEY}`,
    },
    managementUrls: instanceLinks(address, 'INSTANCEID'),
    baseUrl: base,
    requiredQueryStringParameters: KEY,
    rpcBaseUrl: `${address.origin}/durabletask/`,
  });
}
