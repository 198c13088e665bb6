import { AccountRole, type Instruction } from '@solana/kit';
import { address, type Address } from '../../../src/kernel/address.js';
import { ByteReader, ByteWriter } from '../../../src/kernel/bytes.js';
import { mulDivCeil, mulDivFloor } from '../../../src/kernel/math.js';
import { NATIVE_MINT } from '../../../src/kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../src/chain/account.js';
import type { WireTransaction } from '../../../src/chain/chain-client.js';
import { decodeIntent, programsOf } from '../../../src/chain/transaction.js';
import { type Pool, type QuoteResult, refuse } from '../../../src/dex/domain/pool.js';
import type { SwapOrder, SwapRequest } from '../../../src/dex/domain/swap.js';
import { type DecodeResult, type PoolRef, type SwapErrorMeaning, Venue } from '../../../src/dex/domain/venue.js';
import { USDC } from '../../support/paper-sandbox.js';

const SCRIPTED_PROGRAM = address('Scripted11111111111111111111111111111111111');
export const POOL = address('Poo1111111111111111111111111111111111111111');
/** Owner of the pool's vaults. */
export const POOL_AUTHORITY = address('Poo1Authority111111111111111111111111111111');
export const POOL_USDC = address('Poo1Usdc11111111111111111111111111111111111');
export const POOL_SOL = address('Poo1So1111111111111111111111111111111111111');

export const SLIPPAGE_ERROR = 1;
export const REFUSED_ERROR = 2;
export const UNKNOWN_ERROR = 77;

const LAMPORTS = 1_000_000_000n;
/** An order of this many lamports makes the venue throw: a bug that only some orders meet. */
export const POISON_AMOUNT = 666_000_000n;

/** What one swap moves at a price in base units of USDC per SOL; the pool charges nothing. */
export function moved(swap: { exactOut: boolean; amount: bigint }, price: bigint): { in: bigint; out: bigint } {
  return swap.exactOut
    ? { in: mulDivCeil(swap.amount, price, LAMPORTS), out: swap.amount }
    : { in: swap.amount, out: mulDivFloor(swap.amount, price, LAMPORTS) };
}

/** The account of the scripted pool: its price, and nothing else. */
export function poolAccount(price: bigint): Account {
  const data = new ByteWriter(new Uint8Array(8)).u64(0, price).bytes;
  return { address: POOL, owner: SCRIPTED_PROGRAM, lamports: LAMPORTS, data };
}

class ScriptedPool implements Pool {
  readonly venue = 'raydium';
  readonly program = 'cpmm';
  readonly swapAccounts = 3;
  readonly address = POOL;
  readonly mints = [NATIVE_MINT, USDC] as const;

  constructor(private readonly price: bigint) {}

  feeBps(): number {
    return 0;
  }

  refusal(): null {
    return null;
  }

  quote({ swapMode, amount }: SwapRequest): QuoteResult {
    const { in: inAmount, out: outAmount } = moved({ exactOut: swapMode === 'ExactOut', amount }, this.price);
    if (inAmount === 0n || outAmount === 0n) return refuse('amount-too-small');
    return { ok: true, inAmount, outAmount, curveInAmount: inAmount, curveOutAmount: outAmount };
  }

  spotPrice(inputMint: Address): { numerator: bigint; denominator: bigint } {
    return inputMint === NATIVE_MINT
      ? { numerator: this.price, denominator: LAMPORTS }
      : { numerator: LAMPORTS, denominator: this.price };
  }
}

/** A venue of one SOL/USDC pool that trades any amount at the price its account says. */
export class ScriptedVenue extends Venue {
  readonly name = 'raydium';
  readonly program = 'cpmm';
  readonly programId = SCRIPTED_PROGRAM;

  discover(): Promise<readonly PoolRef[]> {
    return Promise.resolve([
      { program: this.program, address: POOL, mints: [NATIVE_MINT, USDC] as const, accounts: [POOL] },
    ]);
  }

  poolRef(): null {
    return null;
  }

  decode(_address: Address, accounts: AccountMap): DecodeResult {
    const account = accounts.get(POOL);
    if (account === undefined) return refuse('state-missing');
    return { ok: true, pool: new ScriptedPool(new ByteReader(account.data).u64(0)) };
  }

  swapInstruction(_pool: Pool, order: SwapOrder): Instruction {
    if (order.amount === POISON_AMOUNT) throw new TypeError('poisoned');
    const data = new ByteWriter(new Uint8Array(17))
      .u8(0, order.swapMode === 'ExactOut' ? 1 : 0)
      .u64(1, order.amount)
      .u64(9, order.otherAmountThreshold).bytes;
    const accounts = [
      { address: order.owner, role: AccountRole.READONLY_SIGNER },
      { address: order.inputAccount, role: AccountRole.WRITABLE },
      { address: order.outputAccount, role: AccountRole.WRITABLE },
    ];
    return { programAddress: SCRIPTED_PROGRAM, accounts, data };
  }

  computeUnitLimit(): number {
    return 50_000;
  }

  errorMeaning(customCode: number): SwapErrorMeaning {
    if (customCode === SLIPPAGE_ERROR) return 'slippage-exceeded';
    return customCode === REFUSED_ERROR ? 'pool-refused' : 'unknown';
  }
}

/** A swap as the chain reads it from signed (or unsigned) bytes. */
export interface WiredSwap {
  readonly signature: string;
  readonly memo: string;
  readonly wallet: Address;
  readonly blockhash: string;
  readonly instructionIndex: number;
  readonly exactOut: boolean;
  readonly amount: bigint;
  readonly threshold: bigint;
  readonly inputAccount: Address;
  readonly outputAccount: Address;
}

export function readSwap(wire: WireTransaction): WiredSwap {
  const intent = decodeIntent(wire);
  const instructionIndex = programsOf(wire).indexOf(SCRIPTED_PROGRAM);
  const swap = intent.instructions[instructionIndex]!;
  const data = new ByteReader(Uint8Array.from(swap.data ?? []));
  return {
    signature: intent.signature,
    memo: intent.memo ?? '',
    wallet: intent.feePayer,
    blockhash: intent.blockhash,
    instructionIndex,
    exactOut: data.u8(0) === 1,
    amount: data.u64(1),
    threshold: data.u64(9),
    inputAccount: swap.accounts![1]!.address,
    outputAccount: swap.accounts![2]!.address,
  };
}
