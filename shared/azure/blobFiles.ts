/** Text files in one container of Blob storage: read, written over a known version, listed and removed. */
import type { ContainerClient } from '@azure/storage-blob';
import { succeed, type Outcome } from '../domain/outcome';
import { attempt } from './failure';
import type { Storage } from './storage';

export interface TextFile {
  readonly text: string;
  readonly etag: string;
}

/** Over which version to write: over that one, over none, or over whatever is there. */
export type WriteOver = { readonly etag: string } | 'nothing' | 'anything';

export interface BlobFiles {
  /** Undefined when there is no such file. */
  read(name: string): Promise<Outcome<TextFile | undefined>>;
  /** False when the version to write over is not the one that is there. */
  write(
    name: string,
    file: { readonly text: string; readonly type: string },
    over: WriteOver,
  ): Promise<Outcome<boolean>>;
  /** Names of all files that begin so, in alphabetical order. */
  list(prefix: string): Promise<Outcome<readonly string[]>>;
  remove(name: string): Promise<Outcome<null>>;
}

/** 409: somebody is writing it now; 412: somebody has (rest/api/storageservices/specifying-conditional-headers-for-blob-service-operations). */
const OVERTAKEN: ReadonlySet<number | undefined> = new Set([409, 412]);

const conditionsOf = (over: WriteOver) => {
  if (over === 'anything') return {};
  return { conditions: over === 'nothing' ? { ifNoneMatch: '*' } : { ifMatch: over.etag } };
};

async function textOf(container: ContainerClient, name: string): Promise<TextFile> {
  const { readableStreamBody, etag = '' } = await container.getBlobClient(name).download();
  const chunks: Buffer[] = [];
  for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString('utf8'), etag };
}

export function createBlobFiles(storage: Storage, containerName: string): BlobFiles {
  const withContainer = <T>(doing: string, use: (container: ContainerClient) => Promise<T>): Promise<Outcome<T>> =>
    attempt(`${doing} in container ${containerName}`, async () => use(await storage.container(containerName)));
  return {
    read: async (name) => {
      const answer = await withContainer(`read ${name}`, (container) => textOf(container, name));
      return answer.ok || answer.failure.kind !== 'notFound' ? answer : succeed(undefined);
    },
    write: async (name, { text, type }, over) => {
      const options = { blobHTTPHeaders: { blobContentType: type }, ...conditionsOf(over) };
      const written = await withContainer(`write ${name}`, (container) =>
        container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), options),
      );
      if (written.ok) return succeed(true);
      return OVERTAKEN.has(written.failure.status) ? succeed(false) : written;
    },
    list: (prefix) =>
      withContainer(`list ${prefix}`, async (container) => {
        const names: string[] = [];
        for await (const { name } of container.listBlobsFlat({ prefix })) names.push(name);
        return names;
      }),
    remove: async (name) => {
      const removed = await withContainer(`remove ${name}`, (container) =>
        container.getBlobClient(name).deleteIfExists(),
      );
      return removed.ok ? succeed(null) : removed;
    },
  };
}
