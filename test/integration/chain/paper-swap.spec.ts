import type { Instruction } from '@solana/kit';
import { DataSource } from 'typeorm';
import { NATIVE_MINT, TOKEN_PROGRAM } from '../../../src/kernel/tokens/listed-tokens.js';
import type { AccountMap } from '../../../src/chain/account.js';
import { CLOCK_SYSVAR, decodeClock } from '../../../src/chain/chain-client.js';
import { associatedTokenAddress, seededAddress } from '../../../src/chain/derived-address.js';
import {
  closeAccount,
  createAccountWithSeed,
  createAssociatedTokenIdempotent,
  initializeAccount3,
  memo,
} from '../../../src/chain/instructions.js';
import { createPaperTransport } from '../../../src/chain/paper/paper.transport.js';
import { PaperLedger } from '../../../src/chain/paper/paper-ledger.js';
import { PaperPrograms } from '../../../src/chain/paper/paper-programs.js';
import { PaperSigner } from '../../../src/chain/paper/paper.signer.js';
import { rentExemptMinimum, TOKEN_ACCOUNT_SIZE } from '../../../src/chain/programs.js';
import { RpcChainClient } from '../../../src/chain/rpc/rpc.chain-client.js';
import { assembleWire, compileUnsigned, signatureOf } from '../../../src/chain/transaction.js';
import { plannedPools } from '../../../src/dex/paper-market/planned-pools.js';
import { PoolsPaperMarket } from '../../../src/dex/paper-market/pools.paper-market.js';
import { SUPPORTED_VENUES } from '../../../src/dex/venues/supported-venues.js';
import { dataSourceOptions } from '../../../src/platform/database/data-source.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { SOL, USDC } from '../../support/paper-sandbox.js';

/** Real: everything from PostgreSQL to the venues' programs, as an order's execution uses it. Fake: nothing. */
const confirmed = { commitment: 'confirmed' } as const;
const RENT = rentExemptMinimum(TOKEN_ACCOUNT_SIZE);

let database: TestDatabase;
let dataSource: DataSource;
let ledger: PaperLedger;
let client: RpcChainClient;
let signer: PaperSigner;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await new DataSource(dataSourceOptions({ url: database.url, poolSize: 10 })).initialize();
  const market = new PoolsPaperMarket();
  const programs = new PaperPrograms();
  for (const program of market.programs()) programs.register(program);
  ledger = await PaperLedger.open({ dataSource, programs, market, settings: { latencyMs: 0, seed: 1n } });
  client = new RpcChainClient(createPaperTransport(ledger));
  signer = new PaperSigner(ledger.genesis);
});

afterAll(async () => {
  await ledger.close();
  await dataSource.destroy();
  await database.drop();
});

async function land(instructions: readonly Instruction[], label: string) {
  const { blockhash, lastValidBlockHeight } = await client.latestBlockhash(confirmed);
  const message = compileUnsigned({
    payer: signer.address,
    blockhash,
    lastValidBlockHeight,
    instructions: [...instructions, memo(label)],
    computeUnitLimit: 300_000,
    computeUnitPriceMicroLamports: 0n,
  });
  const wire = assembleWire(message, await signer.sign(message));
  expect(await client.send(wire, { skipPreflight: false })).toBeNull();
  return signatureOf(wire);
}

describe.each(SUPPORTED_VENUES.map((Venue) => [Venue.name, Venue] as const))('%s', (name, Venue) => {
  it('sells and buys exactly what it quoted, from wrapped SOL in a temporary account', async () => {
    const venue = new Venue(client);
    const refs = await venue.discover(NATIVE_MINT, USDC);
    const planned = plannedPools(1n).filter(({ pair, program }) => pair === 'SOL/USDC' && program === venue.program);
    expect(refs.map(({ address }) => address).sort()).toEqual(planned.map(({ plan }) => plan.addressOf('pool')).sort());
    expect(refs).not.toHaveLength(0);
    const usdcAccount = associatedTokenAddress(signer.address, USDC, TOKEN_PROGRAM);
    for (const [index, ref] of refs.entries()) {
      for (const swapMode of ['ExactIn', 'ExactOut'] as const) {
        const asked = [...ref.accounts, CLOCK_SYSVAR];
        const read = await client.accounts(asked, confirmed);
        const accounts: AccountMap = new Map(
          read.accounts.flatMap((account) => (account ? [[account.address, account]] : [])),
        );
        const decoded = venue.decode(ref.address, accounts);
        if (!decoded.ok) throw new Error(decoded.reason);
        const time = decodeClock(accounts.get(CLOCK_SYSVAR)!.data);
        const amount = swapMode === 'ExactIn' ? 2n * SOL : 300_000_000n;
        const quote = decoded.pool.quote({ swapMode, inputMint: NATIVE_MINT, amount }, time);
        if (!quote.ok) throw new Error(quote.reason);

        const seed = `${name}/${index}/${swapMode}`.slice(-32);
        const wrapped = seededAddress(signer.address, seed, TOKEN_PROGRAM);
        const swap = venue.swapInstruction(decoded.pool, {
          swapMode,
          inputMint: NATIVE_MINT,
          outputMint: USDC,
          amount,
          // One slot may pass between the quote and the swap.
          otherAmountThreshold:
            swapMode === 'ExactIn'
              ? (quote.outAmount * 9_999n) / 10_000n - 1n
              : (quote.inAmount * 10_001n) / 10_000n + 1n,
          owner: signer.address,
          inputAccount: wrapped,
          outputAccount: usdcAccount,
        });
        const signature = await land(
          [
            createAssociatedTokenIdempotent({
              payer: signer.address,
              owner: signer.address,
              mint: USDC,
              tokenProgram: TOKEN_PROGRAM,
            }),
            createAccountWithSeed({
              payer: signer.address,
              newAccount: wrapped,
              seed,
              lamports: RENT + quote.inAmount + SOL,
              space: TOKEN_ACCOUNT_SIZE,
              owner: TOKEN_PROGRAM,
            }),
            initializeAccount3(wrapped, NATIVE_MINT, signer.address, TOKEN_PROGRAM),
            swap,
            closeAccount(wrapped, signer.address, signer.address, TOKEN_PROGRAM),
          ],
          seed,
        );
        const landed = await client.transaction(signature, 'finalized');
        expect(landed).toMatchObject({ failure: null });
        const usdc = landed!.tokenBalances.find(({ account }) => account === usdcAccount)!;
        const wallet = landed!.lamports.get(signer.address)!;
        const paid = wallet.before - wallet.after - landed!.feeLamports;
        const got = usdc.after - usdc.before;
        if (landed!.slot === time.slot) {
          expect({ paid, got }).toEqual({ paid: quote.inAmount, got: quote.outAmount });
        } else if (swapMode === 'ExactIn') {
          expect(paid).toBe(amount);
        } else {
          expect(got).toBe(amount);
        }
      }
    }
  });
});
