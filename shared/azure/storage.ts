/** The app's own storage account: its tables and its container, made when they are first needed. */
import { TableClient } from '@azure/data-tables';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';

/** With the app's identity; or, of the local stack, by its connection string. */
export type StorageAddress =
  { readonly connectionString: string } | { readonly blobServiceUri: string; readonly tableServiceUri: string };

export interface Storage {
  /** The table, which exists once the promise is kept. */
  table(name: string): Promise<TableClient>;
  container(name: string): Promise<ContainerClient>;
}

/** An activity that waits is billed: storage that is out of reach is the orchestrator's to wait for. */
const TABLE_OPTIONS = { retryOptions: { maxRetries: 1 } };
const BLOB_OPTIONS = { retryOptions: { maxTries: 2 } };

/** Keeps what was made by name; a failure is forgotten, so that the next caller tries again. */
function kept<T>(make: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const made = new Map<string, Promise<T>>();
  return (name) => {
    const known = made.get(name) ?? make(name);
    made.set(name, known);
    known.catch(() => made.delete(name));
    return known;
  };
}

export function createStorage(
  address: StorageAddress,
  credential: TokenCredential = new DefaultAzureCredential(),
): Storage {
  const tableNamed = (name: string): TableClient =>
    'connectionString' in address
      ? TableClient.fromConnectionString(address.connectionString, name, {
          ...TABLE_OPTIONS,
          allowInsecureConnection: true,
        })
      : new TableClient(address.tableServiceUri, name, credential, TABLE_OPTIONS);
  const blobs =
    'connectionString' in address
      ? BlobServiceClient.fromConnectionString(address.connectionString, BLOB_OPTIONS)
      : new BlobServiceClient(address.blobServiceUri, credential, BLOB_OPTIONS);
  return {
    table: kept(async (name) => {
      const table = tableNamed(name);
      // One that is there already is no error of this call.
      await table.createTable();
      return table;
    }),
    container: kept(async (name) => {
      const container = blobs.getContainerClient(name);
      await container.createIfNotExists();
      return container;
    }),
  };
}
