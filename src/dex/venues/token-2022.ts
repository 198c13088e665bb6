import type { Address } from '../../kernel/address.js';
import { BPS_DENOMINATOR } from '../../kernel/bps.js';
import { ByteReader } from '../../kernel/bytes.js';
import { minBigInt, mulDivCeil } from '../../kernel/math.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import type { AccountMap } from '../../chain/account.js';
import { type PoolRefusal, refuse } from '../domain/pool.js';

/** What the Token-2022 program withholds from a transfer: a rate and the most it may take. */
export interface TransferFee {
  readonly bps: bigint;
  readonly maximum: bigint;
}

/** The two fees that a mint knows: the newer one counts from its epoch on. */
export interface TransferFeeSchedule {
  readonly older: TransferFee;
  readonly newer: TransferFee;
  readonly newerEpoch: bigint;
}

export const NO_TRANSFER_FEE: TransferFee = { bps: 0n, maximum: 0n };

/** A mint as quotes need it: `transferFee` is null where transfers cost nothing. */
export interface MintTerms {
  readonly ok: true;
  readonly transferFee: TransferFeeSchedule | null;
}

const FREE_MINT: MintTerms = { ok: true, transferFee: null };

/** Offsets and tags of the Token-2022 extension list (spl-token-2022 `extension/mod.rs`). */
const ACCOUNT_TYPE_AT = 165;
const ACCOUNT_TYPE_MINT = 1;
const EXTENSIONS_AT = 166;
const BASE_MINT_SIZE = 82;
const TRANSFER_FEE_CONFIG = { type: 1, length: 108 };
const NON_TRANSFERABLE = 9;
const TRANSFER_HOOK = { type: 14, length: 64 };
const PAUSABLE = { type: 26, length: 33 };

/**
 * The terms of a pool's mint, from its account. Legacy mints are free, whatever their bytes, and may be absent.
 * Refuses mints whose transfers a pool can't make: live transfer hooks, non-transferable or paused tokens.
 */
export function mintTerms(accounts: AccountMap, mint: Address, tokenProgram: Address): MintTerms | PoolRefusal {
  if (tokenProgram === TOKEN_PROGRAM) return FREE_MINT;
  if (tokenProgram !== TOKEN_2022_PROGRAM) return refuse('unsupported-pool');
  const account = accounts.get(mint);
  if (account === undefined) return refuse('state-missing');
  if (account.owner !== TOKEN_2022_PROGRAM) return refuse('state-invalid');
  return readExtensions(account.data);
}

function readExtensions(data: Uint8Array): MintTerms | PoolRefusal {
  if (data.length === BASE_MINT_SIZE) return FREE_MINT;
  if (data.length < EXTENSIONS_AT || data[ACCOUNT_TYPE_AT] !== ACCOUNT_TYPE_MINT) return refuse('state-invalid');
  const bytes = new ByteReader(data);
  let terms = FREE_MINT;
  for (let at = EXTENSIONS_AT; at + 4 <= data.length;) {
    const type = bytes.u16(at);
    const length = bytes.u16(at + 2);
    const value = at + 4;
    if (type === 0) break;
    if (value + length > data.length) return refuse('state-invalid');
    if (type === NON_TRANSFERABLE) return refuse('unsupported-pool');
    if (type === TRANSFER_HOOK.type && isLiveHook(data, value, length)) return refuse('unsupported-pool');
    if (type === PAUSABLE.type && length === PAUSABLE.length && data[value + 32] === 1) return refuse('disabled');
    if (type === TRANSFER_FEE_CONFIG.type) {
      if (length !== TRANSFER_FEE_CONFIG.length) return refuse('state-invalid');
      const schedule = readSchedule(bytes, value);
      if (schedule === null) return refuse('state-invalid');
      terms = { ok: true, transferFee: schedule };
    }
    at = value + length;
  }
  return terms;
}

function isLiveHook(data: Uint8Array, value: number, length: number): boolean {
  return length !== TRANSFER_HOOK.length || data.subarray(value + 32, value + 64).some((byte) => byte !== 0);
}

function readSchedule(bytes: ByteReader, value: number): TransferFeeSchedule | null {
  const schedule = {
    older: { maximum: bytes.u64(value + 80), bps: BigInt(bytes.u16(value + 88)) },
    newerEpoch: bytes.u64(value + 90),
    newer: { maximum: bytes.u64(value + 98), bps: BigInt(bytes.u16(value + 106)) },
  };
  const legal = schedule.older.bps <= BPS_DENOMINATOR && schedule.newer.bps <= BPS_DENOMINATOR;
  return legal ? schedule : null;
}

/** The fee in force at `epoch`. */
export function transferFeeAt(schedule: TransferFeeSchedule | null, epoch: bigint): TransferFee {
  if (schedule === null) return NO_TRANSFER_FEE;
  return epoch >= schedule.newerEpoch ? schedule.newer : schedule.older;
}

/** What a transfer of `amount` loses on the way, rounded up as the token program does. */
export function transferFee(fee: TransferFee, amount: bigint): bigint {
  if (fee.bps === 0n || amount === 0n) return 0n;
  return minBigInt(mulDivCeil(amount, fee.bps, BPS_DENOMINATOR), fee.maximum);
}

/**
 * What must be sent for exactly `received` to arrive. null where no amount does that by the token program's own inverse:
 * pool programs refuse such transfers.
 */
export function grossUpTransfer(fee: TransferFee, received: bigint): bigint | null {
  if (fee.bps === 0n || received === 0n) return received;
  const inverse = inverseTransferFee(fee, received);
  const sent = received + inverse;
  return transferFee(fee, sent) === inverse ? sent : null;
}

function inverseTransferFee(fee: TransferFee, received: bigint): bigint {
  if (fee.bps === BPS_DENOMINATOR) return fee.maximum;
  const sent = mulDivCeil(received, BPS_DENOMINATOR, BPS_DENOMINATOR - fee.bps);
  return sent - received >= fee.maximum ? fee.maximum : transferFee(fee, sent);
}
