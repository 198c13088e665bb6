import type { Address } from '../../../../kernel/address.js';
import { BPS_DENOMINATOR } from '../../../../kernel/bps.js';
import { ByteReader, ByteWriter } from '../../../../kernel/bytes.js';
import { minBigInt, mulDivCeil } from '../../../../kernel/math.js';
import { TOKEN_2022_PROGRAM } from '../../../../kernel/tokens/listed-tokens.js';
import { TOKEN_ACCOUNT_SIZE } from '../../../programs.js';

/** Token-2022 extensions are (type u16, length u16, value) entries after the account's type byte at 165. */
const EXTENSIONS_OFFSET = 166;
const TRANSFER_FEE_CONFIG = 1;
const TRANSFER_FEE_AMOUNT = 2;
const IMMUTABLE_OWNER = 7;

/** Where an extension's value starts, or null when the account has none of that type. */
function findExtension(data: Uint8Array, type: number): number | null {
  const reader = new ByteReader(data);
  let offset = EXTENSIONS_OFFSET;
  while (offset + 4 <= data.length) {
    const found = reader.u16(offset);
    if (found === type) return offset + 4;
    if (found === 0) return null;
    offset += 4 + reader.u16(offset + 2);
  }
  return null;
}

function hasTransferFee(mint: Uint8Array): boolean {
  return findExtension(mint, TRANSFER_FEE_CONFIG) !== null;
}

/** What a transfer leaves withheld in the receiving account: rounded up, at most the maximum, 0 for mints without the extension. */
export function transferFee(mint: Uint8Array, amount: bigint, epoch: bigint): bigint {
  const config = findExtension(mint, TRANSFER_FEE_CONFIG);
  if (config === null) return 0n;
  const reader = new ByteReader(mint);
  // Two authorities and the withheld total, then the older and the newer fee of 18 bytes each.
  const newer = config + 72 + 18;
  const fee = epoch >= reader.u64(newer) ? newer : config + 72;
  return minBigInt(mulDivCeil(amount, BigInt(reader.u16(fee + 16)), BPS_DENOMINATOR), reader.u64(fee + 8));
}

/** Adds to what a token account withholds; an account without room for it is left as it is. */
export function withWithheld(data: Uint8Array, added: bigint): Uint8Array {
  const offset = findExtension(data, TRANSFER_FEE_AMOUNT);
  if (offset === null || added === 0n) return data;
  return new ByteWriter(Uint8Array.from(data)).u64(offset, new ByteReader(data).u64(offset) + added).bytes;
}

/** Bytes that an associated account of the mint needs: Token-2022 makes its owner immutable and mirrors a transfer fee. */
export function tokenAccountSize(tokenProgram: Address, mint: Uint8Array): number {
  if (tokenProgram !== TOKEN_2022_PROGRAM) return TOKEN_ACCOUNT_SIZE;
  return EXTENSIONS_OFFSET + 4 + (hasTransferFee(mint) ? 12 : 0);
}

/** Writes the extensions of a new Token-2022 account into the room behind its base bytes, as far as they fit. */
export function initializeExtensions(data: Uint8Array, mint: Uint8Array): void {
  const writer = new ByteWriter(data);
  let offset = EXTENSIONS_OFFSET;
  if (hasTransferFee(mint) && offset + 12 <= data.length) {
    writer.u16(offset, TRANSFER_FEE_AMOUNT).u16(offset + 2, 8);
    offset += 12;
  }
  if (offset + 4 <= data.length) writer.u16(offset, IMMUTABLE_OWNER).u16(offset + 2, 0);
}
