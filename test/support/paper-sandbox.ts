import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { Instruction } from '@solana/kit';
import { address, type Address, addressFromBytes } from '../../src/kernel/address.js';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../../src/kernel/tokens/listed-tokens.js';
import type { Account } from '../../src/chain/account.js';
import type { WireTransaction } from '../../src/chain/chain-client.js';
import type { LookupTableAddresses } from '../../src/chain/lookup-table.js';
import { PaperPrograms } from '../../src/chain/paper/paper-programs.js';
import { mintData, tokenAccountData } from '../../src/chain/paper/programs/token/token-state.js';
import type { Outcome } from '../../src/chain/paper/runtime/runtime.js';
import { runTransaction } from '../../src/chain/paper/runtime/runtime.js';
import { decodeTransaction } from '../../src/chain/paper/runtime/wire.js';
import { rentExemptMinimum, SYSTEM_PROGRAM } from '../../src/chain/programs.js';
import { assembleWire, compileUnsigned } from '../../src/chain/transaction.js';

export const SOL = 1_000_000_000n;
export const BLOCKHASH = 'GfVcyD4kkTrj4bKc7WA9sZCin9JDbdT4Zkd3EittNR1W';

export class TestWallet {
  readonly address: Address;
  private readonly key: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.key = privateKey;
    this.address = addressFromBytes(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  }

  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.key));
  }
}

export function systemAccount(of: Address, lamports: bigint): Account {
  return { address: of, owner: SYSTEM_PROGRAM, lamports, data: new Uint8Array(0) };
}

export function mintAccount(of: Address, decimals: number, tokenProgram: Address = TOKEN_PROGRAM): Account {
  const data = mintData({ decimals, supply: 10n ** 15n });
  return { address: of, owner: tokenProgram, lamports: rentExemptMinimum(data.length), data };
}

export function tokenAccount(of: Address, mint: Address, owner: Address, amount: bigint): Account {
  const data = tokenAccountData({ mint, owner, amount });
  return { address: of, owner: TOKEN_PROGRAM, lamports: rentExemptMinimum(data.length), data };
}

export const USDC = address('EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v');

export interface WireOptions {
  readonly blockhash?: string;
  readonly computeUnitLimit?: number;
  readonly computeUnitPriceMicroLamports?: bigint;
  readonly lookupTables?: LookupTableAddresses;
}

export function signedWire(
  wallet: TestWallet,
  instructions: readonly Instruction[],
  options: WireOptions = {},
): WireTransaction {
  const message = compileUnsigned({
    payer: wallet.address,
    blockhash: options.blockhash ?? BLOCKHASH,
    lastValidBlockHeight: 150n,
    instructions,
    computeUnitLimit: options.computeUnitLimit ?? 200_000,
    computeUnitPriceMicroLamports: options.computeUnitPriceMicroLamports ?? 0n,
    ...(options.lookupTables && { lookupTables: options.lookupTables }),
  });
  return assembleWire(message, wallet.sign(message));
}

/** The runtime over a map of accounts: no database, no time. The wallet holds 10 SOL; wrapped SOL and USDC have mints. */
export class PaperSandbox {
  readonly wallet = new TestWallet();
  readonly programs = new PaperPrograms();
  readonly accounts = new Map<Address, Account>();
  readonly processed = new Set<string>();

  constructor() {
    this.add(systemAccount(this.wallet.address, 10n * SOL), mintAccount(NATIVE_MINT, 9), mintAccount(USDC, 6));
  }

  add(...accounts: readonly Account[]): void {
    for (const account of accounts) this.accounts.set(account.address, account);
  }

  lamportsOf(of: Address): bigint {
    return this.accounts.get(of)?.lamports ?? 0n;
  }

  /** Runs a transaction of the wallet and takes over what it changed. */
  run(instructions: readonly Instruction[], options: WireOptions = {}): Outcome {
    const transaction = decodeTransaction(Buffer.from(signedWire(this.wallet, instructions, options), 'base64'));
    const outcome = runTransaction(transaction, {
      read: (of) => this.accounts.get(of),
      time: { slot: 10n, epoch: 0n, unixTimestamp: 1_800_000_000n },
      programs: this.programs,
      isBlockhashValid: (blockhash) => blockhash === BLOCKHASH,
      isProcessed: (signature) => this.processed.has(signature),
    });
    if (outcome.lands) this.processed.add(transaction.signature);
    for (const [of, account] of outcome.changes) {
      if (account === null) this.accounts.delete(of);
      else this.accounts.set(of, account);
    }
    return outcome;
  }
}
