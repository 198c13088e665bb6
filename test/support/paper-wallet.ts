import { address } from '../../src/kernel/address.js';
import { ByteReader } from '../../src/kernel/bytes.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../../src/kernel/tokens/listed-tokens.js';
import { associatedTokenAddress } from '../../src/chain/derived-address.js';
import type { Engine } from './engine.js';
import { walletOf } from './ledger-swap.js';

const AMOUNT_OFFSET = 64;

/** What the paper wallet holds of every listed token, in base units, as the ledger's tables have it. SOL in lamports. */
export async function walletBalances(engine: Pick<Engine, 'query'>): Promise<Map<string, bigint>> {
  const [chain] = await engine.query<{ wallet_secret: Buffer }>('select wallet_secret from paper.chain');
  const wallet = address(walletOf(chain!.wallet_secret));
  const rows = await engine.query<{ address: string; lamports: string; data: Buffer }>(
    'select address, lamports, data from paper.accounts',
  );
  const accounts = new Map(rows.map((row) => [row.address, row]));
  return new Map(
    DEFAULT_TOKENS.map(({ symbol, mint, tokenProgram }) => {
      if (mint === NATIVE_MINT) return [symbol, BigInt(accounts.get(wallet)!.lamports)];
      const held = accounts.get(associatedTokenAddress(wallet, mint, tokenProgram));
      return [symbol, held === undefined ? 0n : new ByteReader(held.data).u64(AMOUNT_OFFSET)];
    }),
  );
}
