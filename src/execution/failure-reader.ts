import { Injectable } from '@nestjs/common';
import type { Address } from '../kernel/address.js';
import { ByteReader } from '../kernel/bytes.js';
import { hasCode } from '../kernel/errors.js';
import { NATIVE_MINT, TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../kernel/tokens/listed-tokens.js';
import { ChainClient, type TransactionFailure, type TxSignature, type WireTransaction } from '../chain/chain-client.js';
import { SYSTEM_PROGRAM } from '../chain/programs.js';
import { programsOf } from '../chain/transaction.js';
import { DexService } from '../dex/dex.service.js';
import type { SwapErrorMeaning } from '../dex/domain/venue.js';
import type { Attempt, AttemptIntent } from './domain/attempt.js';
import { type FailureMeaning, meaningOfFailure } from './domain/failure.js';

/** Error 1 of the system program (`ResultWithNegativeLamports`) and of both token programs (`InsufficientFunds`). */
const NOT_ENOUGH = 1;
const TOKEN_AMOUNT_OFFSET = 64;
/** Programs whose numbers mean the same for ever. */
const LEDGERS: readonly Address[] = [SYSTEM_PROGRAM, TOKEN_PROGRAM, TOKEN_2022_PROGRAM];

/** Says what a failed transaction means, by asking the program whose instruction failed. */
@Injectable()
export class FailureReader {
  constructor(
    private readonly dex: DexService,
    private readonly chain: ChainClient,
  ) {}

  /** `logs` are those of the transaction; where they are not known, a program whose numbers changed their meaning is taken at its latest. */
  read(failure: TransactionFailure, wire: WireTransaction, logs: readonly string[]): FailureMeaning {
    const { customCode } = failure;
    const program = failedProgram(failure, wire);
    const meaning =
      program === undefined || customCode === null
        ? undefined
        : this.meaningOf(program, customCode, loggedErrorName(logs));
    return meaningOfFailure(failure, program ?? 'transaction', meaning);
  }

  /** The same for what landed. Only numbers of a pool program can need the logs to be understood, so only they cost a call. */
  async readLanded(
    failure: TransactionFailure,
    { wire, signature }: Pick<Attempt, 'wire' | 'signature'>,
  ): Promise<FailureMeaning> {
    return this.read(failure, wire, isOfPool(failure, wire) ? await this.logsOf(signature) : []);
  }

  /** None when the chain does not tell: the error itself is known, and nothing may wait for more. */
  private async logsOf(signature: TxSignature): Promise<readonly string[]> {
    try {
      return (await this.chain.transaction(signature, 'finalized'))?.logs ?? [];
    } catch (error) {
      if (hasCode(error, 'chain-unavailable')) return [];
      throw error;
    }
  }

  /**
   * The same for a simulation, where an error that says nothing by itself is held against the wallet's balances: a missing
   * token account is an empty one. `given` is the most that the swap takes. Throws `chain-unavailable`.
   */
  async readSimulated(
    { failure, logs }: { readonly failure: TransactionFailure; readonly logs: readonly string[] },
    wire: WireTransaction,
    intent: AttemptIntent,
    given: bigint,
  ): Promise<FailureMeaning> {
    const meaning = this.read(failure, wire, logs);
    if (meaning.retry || meaning.code === 'insufficient-funds') return meaning;
    if ((await this.available(intent)) >= given) return { ...meaning, code: 'simulation-failed' };
    return { code: 'insufficient-funds', retry: false, message: 'The wallet does not hold what the swap takes' };
  }

  private async available(intent: AttemptIntent): Promise<bigint> {
    const account = intent.inputMint === NATIVE_MINT ? intent.wallet : intent.inputAccount;
    const { accounts } = await this.chain.accounts([account], { commitment: 'confirmed' });
    const [found] = accounts;
    if (found === null || found === undefined) return 0n;
    return intent.inputMint === NATIVE_MINT ? found.lamports : new ByteReader(found.data).u64(TOKEN_AMOUNT_OFFSET);
  }

  private meaningOf(program: Address, customCode: number, errorName: string | undefined): SwapErrorMeaning | undefined {
    if (LEDGERS.includes(program)) return customCode === NOT_ENOUGH ? 'insufficient-funds' : undefined;
    return this.dex.venueOfProgram(program)?.errorMeaning(customCode, errorName);
  }
}

function failedProgram({ instructionIndex }: TransactionFailure, wire: WireTransaction): Address | undefined {
  return instructionIndex === null ? undefined : programsOf(wire)[instructionIndex];
}

function isOfPool(failure: TransactionFailure, wire: WireTransaction): boolean {
  const program = failedProgram(failure, wire);
  return program !== undefined && failure.customCode !== null && !LEDGERS.includes(program);
}

/** The name in Anchor's log line of the error that ended the transaction: the last one logged. */
function loggedErrorName(logs: readonly string[]): string | undefined {
  return logs.findLast((line) => line.includes('AnchorError'))?.match(/Error Code: (\w+)\./)?.[1];
}
