import { Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../kernel/tokens/listed-tokens.js';
import { Config } from '../platform/config/config.js';
import { associatedTokenAddress, seededAddress } from '../chain/derived-address.js';
import {
  closeAccount,
  createAccountWithSeed,
  createAssociatedTokenIdempotent,
  initializeAccount3,
  memo,
} from '../chain/instructions.js';
import { rentExemptMinimum, TOKEN_ACCOUNT_SIZE } from '../chain/programs.js';
import { Signer } from '../chain/signer.js';
import { DexService } from '../dex/dex.service.js';
import type { Order } from '../orders/domain/order.js';
import { type Route, requestOf } from '../routing/domain/route.js';
import type { AttemptIntent } from './domain/attempt.js';

/** Everything a transaction will say, but for its blockhash. */
export interface SwapDraft {
  readonly instructions: readonly Instruction[];
  readonly intent: AttemptIntent;
  readonly memo: string;
  readonly threshold: bigint;
  readonly computeUnitLimit: number;
}

/** Units for all that surrounds a swap: token accounts, wrapping, memo. Seen to use at most about 60 thousand. */
const SURROUNDING_COMPUTE_UNITS = 100_000;

interface TokenSide {
  readonly account: Address;
  readonly before: readonly Instruction[];
  readonly after: readonly Instruction[];
}

/** Writes the instructions of an attempt: token accounts, wrapping, the swap with its on-chain threshold, and the memo. */
@Injectable()
export class SwapBuilder {
  constructor(
    private readonly dex: DexService,
    private readonly signer: Signer,
    private readonly config: Config,
  ) {}

  /** `threshold` is the most that goes in (ExactOut) or the least that comes out (ExactIn). */
  draft(order: Order, attempt: number, route: Route, threshold: bigint): SwapDraft {
    const { swapMode, inputMint, outputMint, amount } = requestOf(
      order.side,
      order.base.mint,
      order.quote.mint,
      order.amount,
    );
    const [leg] = route.legs;
    if (leg === undefined) throw new EngineError('internal', 'the route names no pool');
    const venue = this.dex.venueOf(leg.pool);

    const text = `${order.orderId}/${attempt}`;
    const given = swapMode === 'ExactIn' ? amount : threshold;
    const input = inputMint === NATIVE_MINT ? this.wrapped(text, given) : this.lasting(inputMint, false);
    const output = outputMint === NATIVE_MINT ? this.wrapped(text, 0n) : this.lasting(outputMint, true);
    const swap = venue.swapInstruction(leg.pool, {
      swapMode,
      inputMint,
      outputMint,
      amount,
      otherAmountThreshold: threshold,
      owner: this.signer.address,
      inputAccount: input.account,
      outputAccount: output.account,
    });
    return {
      instructions: [...input.before, ...output.before, swap, ...input.after, ...output.after, memo(text)],
      intent: {
        wallet: this.signer.address,
        inputMint,
        outputMint,
        inputAccount: input.account,
        outputAccount: output.account,
      },
      memo: text,
      threshold,
      computeUnitLimit: venue.computeUnitLimit() + SURROUNDING_COMPUTE_UNITS,
    };
  }

  /** The wallet's own account of a mint, made when it receives and does not exist yet. */
  private lasting(mint: Address, receives: boolean): TokenSide {
    const owner = this.signer.address;
    const token = this.config.tokens.find(mint);
    if (token === undefined) throw new EngineError('unsupported-token', `${mint} is not listed`);
    const { tokenProgram } = token;
    return {
      account: associatedTokenAddress(owner, mint, tokenProgram),
      before: receives ? [createAssociatedTokenIdempotent({ payer: owner, owner, mint, tokenProgram })] : [],
      after: [],
    };
  }

  /**
   * A wrapped-SOL account of this attempt's own, closed in the same transaction: what the wallet keeps in its lasting
   * account is never touched, and what the swap leaves over comes back as SOL.
   */
  private wrapped(memoText: string, lamports: bigint): TokenSide {
    const payer = this.signer.address;
    const seed = seedOf(memoText);
    const account = seededAddress(payer, seed, TOKEN_PROGRAM);
    return {
      account,
      before: [
        createAccountWithSeed({
          payer,
          newAccount: account,
          seed,
          lamports: lamports + rentExemptMinimum(TOKEN_ACCOUNT_SIZE),
          space: TOKEN_ACCOUNT_SIZE,
          owner: TOKEN_PROGRAM,
        }),
        initializeAccount3(account, NATIVE_MINT, payer, TOKEN_PROGRAM),
      ],
      after: [closeAccount(account, payer, payer, TOKEN_PROGRAM)],
    };
  }
}

/** The last 32 characters of `<orderId>/<attempt>` without dashes: the random part of the id and the attempt, so unique. */
function seedOf(memoText: string): string {
  return memoText.replaceAll('-', '').slice(-32);
}
