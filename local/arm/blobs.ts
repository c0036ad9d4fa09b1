/** VHD blobs in storage accounts: what a world says of them, and what became of them since. */
import { z } from 'zod';
import { ArmError } from './armError';
import type { Blob, Stored } from './kind';

/** Blobs of the public cloud, in a container; names with slashes are left out (chagarw/MDPP#22: images do not take them). */
const VHD =
  /^https:\/\/(?<account>[a-z0-9]{3,24})\.blob\.core\.windows\.net\/(?<container>[a-z0-9-]{3,63})\/[^/?#]+\.vhd$/i;

export const worldBlob = z.strictObject({
  uri: z.string().regex(VHD, 'A blob is https://ACCOUNT.blob.core.windows.net/CONTAINER/NAME.vhd.'),
  sizeGB: z.int().positive(),
});

/** UNCONFIRMED that blob names of either case are one blob here; in Azure they are two. */
const keyOf = (uri: string): string => uri.toLowerCase();

export const isBlobUri = (id: string): boolean => /^https?:/i.test(id);

export const accountNameOf = (uri: string): string | undefined => VHD.exec(uri)?.groups?.['account']?.toLowerCase();

/** The storage account of a name, which no other account has. */
export function storageAccountNamed(name: string | undefined, accounts: readonly Stored[]): Stored | undefined {
  return accounts.find((account) => account.key.endsWith(`/storageaccounts/${name ?? ''}`));
}

export class Blobs {
  readonly #there = new Map<string, Blob>();
  /** Deleted behind the back. */
  readonly #gone = new Map<string, Blob>();

  add(blob: Blob): void {
    this.#there.set(keyOf(blob.uri), blob);
  }

  find(uri: string): Blob | undefined {
    return this.#there.get(keyOf(uri));
  }

  delete(uri: string): void {
    const blob = this.find(uri);
    if (blob === undefined) throw new ArmError(404, 'BlobNotFound', `There is no '${uri}' to delete.`);
    this.#there.delete(keyOf(uri));
    this.#gone.set(keyOf(uri), blob);
  }

  restore(uri: string): void {
    const blob = this.#gone.get(keyOf(uri));
    if (blob === undefined) {
      throw new ArmError(404, 'BlobNotFound', `'${uri}' was not deleted behind the back, so it cannot be restored.`);
    }
    this.#gone.delete(keyOf(uri));
    this.add(blob);
  }
}
