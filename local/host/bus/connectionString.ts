/** Where a Service Bus connection string points: this host speaks plain AMQP with a broker on this machine. */

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

const AMQP_PORT = 5672;

export function parseConnectionString(text: string): BrokerAddress {
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim());
  }
  const endpoint = parts.get('endpoint');
  if (endpoint === undefined || !URL.canParse(endpoint)) {
    throw new Error("the Service Bus connection string has no 'Endpoint=sb://host[:port]'.");
  }
  if (parts.get('usedevelopmentemulator')?.toLowerCase() !== 'true') {
    throw new Error(
      "this host reaches a local broker only: the connection string needs 'UseDevelopmentEmulator=true'.",
    );
  }
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: port === '' ? AMQP_PORT : Number(port) };
}
