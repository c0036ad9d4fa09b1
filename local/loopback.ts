/** HTTP servers on loopback: bound to a port, and closed with every connection that they have. */
import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';

/** Starts listening on 127.0.0.1; 0 takes a free port. Answers with the port. */
export async function listenOnLoopback(server: Server | TlsServer, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Closes a server that listens; one that does not is closed already. */
export async function closeServer(server: Server | TlsServer): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
