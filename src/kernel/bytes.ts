import { type Address, addressFromBytes } from './address.js';

/** Little-endian reads at fixed offsets, the way Solana programs lay out accounts. Out of range throws `RangeError`. */
export class ByteReader {
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number): number {
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  i32(offset: number): number {
    return this.view.getInt32(offset, true);
  }

  u64(offset: number): bigint {
    return this.view.getBigUint64(offset, true);
  }

  i64(offset: number): bigint {
    return this.view.getBigInt64(offset, true);
  }

  u128(offset: number): bigint {
    return (this.view.getBigUint64(offset + 8, true) << 64n) | this.view.getBigUint64(offset, true);
  }

  i128(offset: number): bigint {
    return (this.view.getBigInt64(offset + 8, true) << 64n) | this.view.getBigUint64(offset, true);
  }

  address(offset: number): Address {
    if (offset + 32 > this.bytes.length) throw new RangeError('address outside the account');
    return addressFromBytes(this.bytes, offset);
  }

  startsWith(prefix: Uint8Array): boolean {
    return prefix.every((byte, i) => this.bytes[i] === byte);
  }
}

/** Little-endian writes at fixed offsets into a buffer of known size. */
export class ByteWriter {
  private readonly view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(offset: number, value: number): this {
    this.view.setUint8(offset, value);
    return this;
  }

  u16(offset: number, value: number): this {
    this.view.setUint16(offset, value, true);
    return this;
  }

  u32(offset: number, value: number): this {
    this.view.setUint32(offset, value, true);
    return this;
  }

  i32(offset: number, value: number): this {
    this.view.setInt32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.view.setBigUint64(offset, value, true);
    return this;
  }

  i64(offset: number, value: bigint): this {
    this.view.setBigInt64(offset, value, true);
    return this;
  }

  u128(offset: number, value: bigint): this {
    this.view.setBigUint64(offset, value & 0xffff_ffff_ffff_ffffn, true);
    this.view.setBigUint64(offset + 8, value >> 64n, true);
    return this;
  }

  raw(offset: number, value: Uint8Array): this {
    this.bytes.set(value, offset);
    return this;
  }
}

/** The bytes of a hexadecimal string of even length. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16));
}
