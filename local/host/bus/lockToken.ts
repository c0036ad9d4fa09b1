/** Lock tokens: 16 bytes in .NET's order on the wire (delivery tag), a UUID in text and in management requests. */

/** The first three groups of a .NET Guid are little-endian. */
const DOTNET_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

export class LockToken {
  /** As in the delivery tag. */
  readonly dotnetBytes: Buffer;
  /** In the order of the text. */
  readonly bytes: Buffer;
  readonly text: string;

  constructor(deliveryTag: Uint8Array) {
    if (deliveryTag.length !== 16) throw new Error(`A lock token has 16 bytes, not ${deliveryTag.length}.`);
    this.dotnetBytes = Buffer.from(deliveryTag);
    this.bytes = Buffer.from(DOTNET_ORDER.map((from) => deliveryTag[from] ?? 0));
    this.text = this.bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  }
}
