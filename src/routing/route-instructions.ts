import { Injectable } from '@nestjs/common';
import type { Instruction } from '@solana/kit';
import type { Address } from '../kernel/address.js';
import { EngineError } from '../kernel/errors.js';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../kernel/tokens/listed-tokens.js';
import { Config } from '../platform/config/config.js';
import { footprintOf } from '../chain/footprint.js';
import type { LookupTableAddresses } from '../chain/lookup-table.js';
import { MAX_TRANSACTION_BYTES } from '../chain/transaction.js';
import { associatedTokenAddress, seededAddress } from '../chain/derived-address.js';
import {
  closeAccount,
  createAccountWithSeed,
  createAssociatedTokenIdempotent,
  initializeAccount3,
  memo,
} from '../chain/instructions.js';
import { rentExemptMinimum, TOKEN_ACCOUNT_SIZE } from '../chain/programs.js';
import { DexService } from '../dex/dex.service.js';
import { type PlannedSwap, plannedSwaps } from './domain/planned-swaps.js';
import type { Route } from './domain/route.js';

/** Units for all that surrounds the swaps: token accounts, wrapping, memo. Seen to use at most about 60 thousand. */
const SURROUNDING_COMPUTE_UNITS = 100_000;
const SEED_LENGTH = 14;
/** The most that a transaction may ask for (solana `MAX_COMPUTE_UNIT_LIMIT`). */
const MAX_COMPUTE_UNITS = 1_400_000;

/** Accounts that one transaction may lock (solana `MAX_TX_ACCOUNT_LOCKS`). */
const MAX_ACCOUNTS = 64;

/** Under which terms a route is carried out. */
export interface RouteTerms {
  /** The most that goes in (ExactOut) or the least that comes out (ExactIn). */
  readonly threshold: bigint;
  readonly wallet: Address;
  /** The memo, which also names the temporary account of wrapped SOL. */
  readonly text: string;
  readonly lookupTables: LookupTableAddresses;
}

/** Everything that a route's transaction does. */
export interface RouteDraft {
  readonly instructions: readonly Instruction[];
  /** Whether one transaction has room for them. */
  readonly fits: boolean;
  readonly computeUnitLimit: number;
  /** The wallet's token account of every mint on the way, in travel order: input, in between, output. */
  readonly tokenAccounts: ReadonlyMap<Address, Address>;
}

/** A token account of the wallet, with what has to happen to it before and after the swaps. */
interface TokenSide {
  readonly account: Address;
  readonly before: readonly Instruction[];
  readonly after: readonly Instruction[];
}

/** Writes the instructions of a route: token accounts, wrapping, the swaps with their on-chain thresholds, and the memo. */
@Injectable()
export class RouteInstructions {
  constructor(
    private readonly dex: DexService,
    private readonly config: Config,
  ) {}

  /** With arrays to spare if there is room for them. */
  of(route: Route, terms: RouteTerms): RouteDraft {
    const draft = this.write(route, terms, false);
    return draft.fits ? draft : this.write(route, terms, true);
  }

  private write(
    route: Route,
    { threshold, wallet, text, lookupTables }: RouteTerms,
    withoutSpares: boolean,
  ): RouteDraft {
    const swaps = plannedSwaps(route, threshold);
    const sides = this.sidesOf(swaps, wallet, text);
    const all = [...sides.values()];
    const instructions = [
      ...all.flatMap(({ before }) => before),
      ...swaps.map((swap) => this.instructionOf(swap, wallet, sides, withoutSpares)),
      ...all.flatMap(({ after }) => after),
      memo(text),
    ];
    return {
      instructions,
      fits: hasRoom(wallet, instructions, lookupTables),
      computeUnitLimit: Math.min(MAX_COMPUTE_UNITS, SURROUNDING_COMPUTE_UNITS + this.swapUnits(swaps)),
      tokenAccounts: new Map([...sides].map(([mint, { account }]) => [mint, account])),
    };
  }

  private swapUnits(swaps: readonly PlannedSwap[]): number {
    return swaps.reduce((sum, { pool, path }) => sum + this.dex.venueOf(pool).computeUnitLimit(path), 0);
  }

  private instructionOf(
    swap: PlannedSwap,
    owner: Address,
    sides: ReadonlyMap<Address, TokenSide>,
    withoutSpares: boolean,
  ): Instruction {
    const { pool, ...terms } = swap;
    return this.dex.venueOf(pool).swapInstruction(pool, {
      ...terms,
      withoutSpares,
      owner,
      inputAccount: accountOf(sides, swap.inputMint),
      outputAccount: accountOf(sides, swap.outputMint),
    });
  }

  private sidesOf(swaps: readonly PlannedSwap[], wallet: Address, text: string): Map<Address, TokenSide> {
    const input = swaps[0]?.inputMint;
    const sides = new Map<Address, TokenSide>();
    for (const mint of swaps.flatMap(({ inputMint, outputMint }) => [inputMint, outputMint])) {
      if (sides.has(mint)) continue;
      const given = mint === input ? givenBy(swaps, mint) : 0n;
      sides.set(mint, mint === NATIVE_MINT ? wrapped(wallet, text, given) : this.lasting(wallet, mint, mint !== input));
    }
    return sides;
  }

  /** The wallet's own account of a mint, made when it receives and does not exist yet. */
  private lasting(owner: Address, mint: Address, receives: boolean): TokenSide {
    const token = this.config.tokens.find(mint);
    if (token === undefined) throw new EngineError('unsupported-token', `${mint} is not listed`);
    const { tokenProgram } = token;
    return {
      account: associatedTokenAddress(owner, mint, tokenProgram),
      before: receives ? [createAssociatedTokenIdempotent({ payer: owner, owner, mint, tokenProgram })] : [],
      after: [],
    };
  }
}

/** Tables are only used where a message would be too long without. */
function hasRoom(payer: Address, instructions: readonly Instruction[], tables: LookupTableAddresses): boolean {
  const { bytes, accounts } = footprintOf(payer, instructions);
  if (accounts > MAX_ACCOUNTS) return false;
  if (bytes <= MAX_TRANSACTION_BYTES) return true;
  return footprintOf(payer, instructions, tables).bytes <= MAX_TRANSACTION_BYTES;
}

/** The most of a token that swaps may take. */
function givenBy(swaps: readonly PlannedSwap[], mint: Address): bigint {
  return swaps
    .filter(({ inputMint }) => inputMint === mint)
    .reduce(
      (sum, { swapMode, amount, otherAmountThreshold }) =>
        sum + (swapMode === 'ExactIn' ? amount : otherAmountThreshold),
      0n,
    );
}

function accountOf(sides: ReadonlyMap<Address, TokenSide>, mint: Address): Address {
  const side = sides.get(mint);
  if (side === undefined) throw new EngineError('internal', `no account of ${mint} was planned`);
  return side.account;
}

/**
 * A wrapped-SOL account of this attempt's own, closed in the same transaction: what the wallet keeps in its lasting
 * account is never touched, and what the swaps leave over comes back as SOL.
 */
function wrapped(payer: Address, text: string, lamports: bigint): TokenSide {
  const seed = seedOf(text);
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

/**
 * The end of `<orderId>/<attempt>`: random bits of the id, and the attempt. Each character is a byte of the transaction, and two of one seed
 * would do no harm: the account never outlives its transaction.
 */
function seedOf(text: string): string {
  return text.slice(-SEED_LENGTH);
}
