import { DataSource } from 'typeorm';
import { address, type Address } from '../../../src/kernel/address.js';
import { ByteReader, ByteWriter } from '../../../src/kernel/bytes.js';
import { NATIVE_MINT } from '../../../src/kernel/tokens/listed-tokens.js';
import type { Account, AccountMap } from '../../../src/chain/account.js';
import { createPaperTransport } from '../../../src/chain/paper/paper.transport.js';
import { PaperLedger } from '../../../src/chain/paper/paper-ledger.js';
import { PaperMarket, type PaperMover } from '../../../src/chain/paper/paper-market.js';
import type { PaperProgram } from '../../../src/chain/paper/paper-program.js';
import { PaperPrograms } from '../../../src/chain/paper/paper-programs.js';
import { PaperSigner } from '../../../src/chain/paper/paper.signer.js';
import { RpcChainClient } from '../../../src/chain/rpc/rpc.chain-client.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { mintAccount, SOL, systemAccount, tokenAccount, USDC } from '../../support/paper-sandbox.js';

export const COUNTER_PROGRAM = address('Counter111111111111111111111111111111111111');
export const COUNTER = address('Countee111111111111111111111111111111111111');
export const WALLET_USDC = address('Wa11etUsdc111111111111111111111111111111111');
export const TREASURY_USDC = address('TreasuryUsdc1111111111111111111111111111111');

/** Its account counts slots by itself; calling it adds 1,000,000. */
const counterProgram: PaperProgram = {
  programId: COUNTER_PROGRAM,
  computeUnits: 1_000,
  execute(context) {
    const data = context.account(COUNTER)?.data ?? new Uint8Array(8);
    context.setData(COUNTER, new ByteWriter(data).u64(0, countOf(data) + 1_000_000n).bytes);
  },
};

export function countOf(data: Uint8Array): bigint {
  return new ByteReader(data).u64(0);
}

/** A market of one moving account, a wallet of 1,000 SOL and 1,000 USDC. */
class TestMarket extends PaperMarket {
  genesis(wallet: Address, seed: bigint): readonly Account[] {
    return [
      systemAccount(wallet, 1_000n * SOL),
      mintAccount(NATIVE_MINT, 9),
      mintAccount(USDC, 6),
      tokenAccount(WALLET_USDC, USDC, wallet, 1_000_000_000n),
      tokenAccount(TREASURY_USDC, USDC, COUNTER_PROGRAM, 0n),
      {
        address: COUNTER,
        owner: COUNTER_PROGRAM,
        lamports: SOL,
        data: new ByteWriter(new Uint8Array(8)).u64(0, seed * 1_000_000_000n).bytes,
      },
    ];
  }

  movers(): readonly PaperMover[] {
    return [{ accounts: [COUNTER], readAccounts: [], move: countSlots }];
  }

  programs(): readonly PaperProgram[] {
    return [counterProgram];
  }
}

function countSlots(accounts: AccountMap, from: bigint, to: bigint): readonly Account[] {
  const account = accounts.get(COUNTER)!;
  const data = new ByteWriter(Uint8Array.from(account.data)).u64(0, countOf(account.data) + to - from).bytes;
  return [{ ...account, data }];
}

export interface PaperProcess {
  readonly ledger: PaperLedger;
  readonly client: RpcChainClient;
  readonly signer: PaperSigner;
  /** Ends it as a killed process ends: what it kept in memory is gone, nothing more runs. */
  readonly kill: () => Promise<void>;
}

/** What one process of the engine has of the paper chain, over a pool of its own. */
export async function startPaperProcess(url: string, latencyMs: number, seed = 1n): Promise<PaperProcess> {
  const dataSource = new DataSource(dataSourceOptions({ url, poolSize: 5 }));
  await dataSource.initialize();
  const ledger = await PaperLedger.open({
    dataSource,
    programs: new PaperPrograms(),
    market: new TestMarket(),
    settings: { latencyMs, seed },
  });
  return {
    ledger,
    client: new RpcChainClient(createPaperTransport(ledger)),
    signer: new PaperSigner(ledger.genesis),
    kill: async () => {
      await ledger.close();
      await dataSource.destroy();
    },
  };
}
