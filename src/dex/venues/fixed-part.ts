import type { Address } from '../../kernel/address.js';

/**
 * Remembers, per account, what was decoded from the range of its bytes that hardly ever changes, and decodes again when those
 * bytes differ. Base58 makes an address cost microseconds, more than a whole quote.
 */
export class FixedPart<T> {
  private readonly known = new Map<Address, { readonly bytes: Uint8Array; readonly value: T }>();

  constructor(
    private readonly from: number,
    private readonly to: number,
    private readonly decode: (data: Uint8Array) => T,
    /** Accounts after which everything is forgotten; the bytes of each are kept. */
    private readonly limit = Number.POSITIVE_INFINITY,
  ) {}

  of(account: Address, data: Uint8Array): T {
    const known = this.known.get(account);
    if (known !== undefined && this.isSame(known.bytes, data)) return known.value;
    if (known === undefined && this.known.size >= this.limit) this.known.clear();
    const value = this.decode(data);
    this.known.set(account, { bytes: data.slice(this.from, this.to), value });
    return value;
  }

  /** A native comparison: a loop over some hundred bytes costs as much as a quote. */
  private isSame(bytes: Uint8Array, data: Uint8Array): boolean {
    return Buffer.compare(bytes, data.subarray(this.from, this.to)) === 0;
  }
}
