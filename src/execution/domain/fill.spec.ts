import { address } from '../../kernel/address.js';
import { DEFAULT_TOKENS, NATIVE_MINT } from '../../kernel/tokens/listed-tokens.js';
import type { LandedTransaction, TokenBalanceChange } from '../../chain/chain-client.js';
import { readFill } from './fill.js';

const USDC = DEFAULT_TOKENS[1]!.mint;
const RAY = DEFAULT_TOKENS[3]!.mint;
const WALLET = address('4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM');
const POOL = address('GpMZbSM2GgvTKHJirzeGfMFoaZ8UR2X7F4v8vHTvxFbL');
const IN = address('5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1');
const OUT = address('HLnpSz9h2S4hiLQ43rnSD9XkcUThA7B8hQMKmDaiTLcC');
const VAULT_IN = address('3rmHSu74h1ZcmAisVcWerTCiRDQbUrBKmcwptYGjHfet');
const VAULT_OUT = address('D1ZN9Wj1fRSUQfCjhvnu1hqDMT7hzjzBBpi12nVniYD6');
const RENT = 2_039_280n;

function change(account: typeof IN, mint: typeof IN, owner: typeof IN, delta: bigint): TokenBalanceChange {
  return { account, mint, owner, before: 1_000_000n, after: 1_000_000n + delta, isNew: false };
}

/** A token account that the transaction made. */
const made = (received: bigint): TokenBalanceChange => ({
  account: OUT,
  mint: RAY,
  owner: WALLET,
  before: 0n,
  after: received,
  isNew: true,
});

function landed(
  tokenBalances: TokenBalanceChange[],
  lamports: { wallet?: bigint; out?: [bigint, bigint] } = {},
): LandedTransaction {
  const out = lamports.out ?? [RENT, RENT];
  return {
    slot: 7n,
    failure: null,
    signers: [WALLET],
    feeLamports: 5_000n,
    logs: [],
    lamports: new Map([
      [WALLET, { before: 10n ** 12n, after: 10n ** 12n + (lamports.wallet ?? -5_000n) }],
      [OUT, { before: out[0], after: out[1] }],
    ]),
    tokenBalances,
  };
}

const intent = (inputMint: typeof IN, outputMint: typeof IN) => ({
  wallet: WALLET,
  inputMint,
  outputMint,
  inputAccount: IN,
  outputAccount: OUT,
});

describe('readFill', () => {
  it('reads a token-for-token swap from both sides', () => {
    const reading = readFill(
      landed([
        change(IN, USDC, WALLET, -500n),
        change(VAULT_IN, USDC, POOL, 500n),
        change(VAULT_OUT, RAY, POOL, -200n),
        change(OUT, RAY, WALLET, 200n),
      ]),
      intent(USDC, RAY),
    );
    expect(reading).toEqual({
      ok: true,
      fill: { inAmount: 500n, outAmount: 200n, feeLamports: 5_000n, rentFeeLamports: 0n },
    });
  });

  it('counts bought SOL in lamports, with the fee set aside', () => {
    const reading = readFill(
      landed(
        [
          change(IN, USDC, WALLET, -150n),
          change(VAULT_IN, USDC, POOL, 150n),
          change(VAULT_OUT, NATIVE_MINT, POOL, -900n),
        ],
        { wallet: 900n - 5_000n, out: [0n, 0n] },
      ),
      intent(USDC, NATIVE_MINT),
    );
    expect(reading).toMatchObject({ ok: true, fill: { inAmount: 150n, outAmount: 900n, rentFeeLamports: 0n } });
  });

  it.each([0n, 890_880n, RENT, 2n * RENT])(
    'sets the rent of a new output account aside when SOL is given, of which %i lamports were there',
    (there) => {
      const held = there > RENT ? there : RENT;
      const rent = held - there;
      const reading = readFill(
        landed([change(VAULT_IN, NATIVE_MINT, POOL, 900n), change(VAULT_OUT, RAY, POOL, -200n), made(200n)], {
          wallet: -900n - 5_000n - rent,
          out: [there, held],
        }),
        intent(NATIVE_MINT, RAY),
      );
      expect(reading).toMatchObject({ ok: true, fill: { inAmount: 900n, outAmount: 200n, rentFeeLamports: rent } });
    },
  );

  it("leaves aside what was at the temporary account's address before", () => {
    const reading = readFill(
      landed(
        [
          change(IN, USDC, WALLET, -150n),
          change(VAULT_IN, USDC, POOL, 150n),
          change(VAULT_OUT, NATIVE_MINT, POOL, -900n),
        ],
        { wallet: 900n + 77n - 5_000n, out: [77n, 0n] },
      ),
      intent(USDC, NATIVE_MINT),
    );
    expect(reading).toMatchObject({ ok: true, fill: { inAmount: 150n, outAmount: 900n, rentFeeLamports: 0n } });
  });

  it('allows for transfer fees that tokens keep on the way', () => {
    const reading = readFill(
      landed([
        change(IN, USDC, WALLET, -500n),
        change(VAULT_IN, USDC, POOL, 490n),
        change(VAULT_OUT, RAY, POOL, -200n),
        change(OUT, RAY, WALLET, 195n),
      ]),
      intent(USDC, RAY),
    );
    expect(reading).toMatchObject({ ok: true, fill: { inAmount: 500n, outAmount: 195n } });
  });

  it.each([
    ['the pools got more than the wallet gave', 501n, -200n],
    ['the pools gave less than the wallet got', 500n, -199n],
  ])('refuses amounts where %s', (_title, gained, gave) => {
    const reading = readFill(
      landed([
        change(IN, USDC, WALLET, -500n),
        change(VAULT_IN, USDC, POOL, gained),
        change(VAULT_OUT, RAY, POOL, gave),
        change(OUT, RAY, WALLET, 200n),
      ]),
      intent(USDC, RAY),
    );
    expect(reading.ok).toBe(false);
  });

  it('refuses a transaction in which the wallet received nothing', () => {
    expect(readFill(landed([change(IN, USDC, WALLET, -500n)]), intent(USDC, RAY)).ok).toBe(false);
  });
});
