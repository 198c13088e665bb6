import { join } from 'node:path';
import { CANARY, configFolder, faultsOf, namesOf } from '../../../test/support/config-faults.js';
import { DEFAULT_TOKENS, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import { loadConfig } from './load-config.js';
import type { Environment } from './read-environment.js';

const MINT = 'So11111111111111111111111111111111111111113';

describe('the configuration of trading', () => {
  const { folder, file } = configFolder();

  describe('RAYDIUM_AMM_V4_SWAP', () => {
    it.each(['v1', 'v2'] as const)('may be %s', (version) => {
      expect(loadConfig({ RAYDIUM_AMM_V4_SWAP: version }).raydiumAmmV4Swap).toBe(version);
    });

    it.each(['V1', 'v3', '9'])('may not be %s', (text) => {
      expect(faultsOf({ RAYDIUM_AMM_V4_SWAP: text })).toEqual([
        { name: 'RAYDIUM_AMM_V4_SWAP', rule: 'must be one of v1, v2' },
      ]);
    });
  });

  describe('the risk limits', () => {
    it.each(['RISK_MAX_ORDER_USD', 'RISK_MAX_DAILY_USD', 'RISK_MAX_DAILY_USD_TOTAL'])('%s is in dollars', (name) => {
      expect(Object.values(loadConfig({ [name]: '1000.000001' }).risk)).toContain(1_000_000_001n);
      for (const text of ['1e3', '-1', '0.0000001', '1000000000000', 'much']) {
        expect(namesOf({ [name]: text })).toEqual([name]);
      }
    });

    it('name listed tokens, by symbol or mint', () => {
      const [sol, usdc] = DEFAULT_TOKENS;
      const { allowedMints } = loadConfig({ RISK_ALLOWED_TOKENS: `sol, ${usdc!.mint}` }).risk;
      expect([...allowedMints!]).toEqual([sol!.mint, usdc!.mint]);
      expect(namesOf({ RISK_ALLOWED_TOKENS: 'SOL,NONE' })).toEqual(['RISK_ALLOWED_TOKENS']);
    });
  });

  describe('MAX_ORDER_QUOTE', () => {
    it.each(['0', '1', '0.5', '1000000', '9999999999999999999', '1.123456789'])('may be %s', (text) => {
      expect(loadConfig({ MAX_ORDER_QUOTE: text }).order.maxQuote).toBe(text);
    });

    it.each(['-1', '+1', '01', '.5', '1.', '1e3', '1.1234567890', '99999999999999999999'])('may not be %s', (text) => {
      expect(namesOf({ MAX_ORDER_QUOTE: text })).toEqual(['MAX_ORDER_QUOTE']);
    });
  });

  describe('CHAIN=solana', () => {
    const solana: Environment = {
      CHAIN: 'solana',
      SOLANA_CLUSTER: 'devnet',
      SOLANA_RPC_URL: 'https://a.example/?api-key=k, http://b.example:8899',
      SIGNER_KEYPAIR_PATH: '/keys/wallet.json',
    };

    it('trades with the endpoints, cluster and wallet that are named', () => {
      expect(loadConfig(solana)).toMatchObject({
        chain: 'solana',
        execution: 'live',
        solana: {
          rpcUrls: ['https://a.example/?api-key=k', 'http://b.example:8899'],
          wsUrl: 'wss://a.example/?api-key=k',
          cluster: 'devnet',
          signerKeypairPath: '/keys/wallet.json',
        },
      });
    });

    it.each([
      ['http://a.example:8899', 'ws://a.example:8900/'],
      ['https://a.example:8899/key?a=b', 'wss://a.example:8900/key?a=b'],
      ['https://a.example:443', 'wss://a.example/'],
      ['http://user:p%40ss@[::1]:65534', 'ws://user:p%40ss@[::1]:65535/'],
      ['http://a.example:65535,http://b.example', 'ws://a.example:65535/'],
    ])('subscribes beside the first endpoint of %s', (rpcUrls, wsUrl) => {
      expect(loadConfig({ ...solana, SOLANA_RPC_URL: rpcUrls }).solana?.wsUrl).toBe(wsUrl);
    });

    it('subscribes where it is told to', () => {
      expect(loadConfig({ ...solana, SOLANA_WS_URL: 'wss://c.example/k' }).solana?.wsUrl).toBe('wss://c.example/k');
      expect(namesOf({ ...solana, SOLANA_WS_URL: 'https://c.example' })).toEqual(['SOLANA_WS_URL']);
    });

    it('needs to be told where and with what', () => {
      const { SOLANA_RPC_URL, SIGNER_KEYPAIR_PATH, ...rest } = solana;
      expect(namesOf(rest).sort()).toEqual(['SIGNER_KEYPAIR_PATH', 'SOLANA_RPC_URL']);
      expect(namesOf({ ...rest, SIGNER_KEYPAIR_PATH })).toEqual(['SOLANA_RPC_URL']);
      expect(namesOf({ ...rest, SOLANA_RPC_URL })).toEqual(['SIGNER_KEYPAIR_PATH']);
    });

    it('takes nothing for granted on mainnet-beta, which is the default cluster', () => {
      const mainnet = { ...solana, SOLANA_CLUSTER: '' };
      expect(namesOf(mainnet).sort()).toEqual(['EXECUTION', 'MAX_ORDER_QUOTE']);
      expect(namesOf({ ...mainnet, EXECUTION: 'live' })).toEqual(['MAX_ORDER_QUOTE']);
      expect(loadConfig({ ...mainnet, EXECUTION: 'simulate' }).solana?.cluster).toBe('mainnet-beta');
      expect(loadConfig({ ...mainnet, EXECUTION: 'live', MAX_ORDER_QUOTE: '100' }).execution).toBe('live');
    });

    it.each([',', 'ws://a.example', 'https://a.example,b.example'])('has URLs of HTTP endpoints, not %s', (list) => {
      expect(namesOf({ ...solana, SOLANA_RPC_URL: list })).toEqual(['SOLANA_RPC_URL']);
    });

    it('names each endpoint once: one node that agrees with itself is no second one', () => {
      const twice = { ...solana, SOLANA_RPC_URL: 'https://a.example,https://b.example,https://A.example/' };
      expect(faultsOf(twice)).toEqual([
        { name: 'SOLANA_RPC_URL', rule: expect.stringContaining('each endpoint once') },
      ]);
    });

    it('without authentication serves the loopback address, or simulates', () => {
      const exposed = { ...solana, HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' };
      expect(namesOf(exposed)).toEqual(['AUTH_MODE']);
      expect(loadConfig({ ...exposed, EXECUTION: 'simulate' }).host).toBe('0.0.0.0');
      expect(loadConfig(solana).host).toBe('127.0.0.1');
    });
  });

  it('keeps the default slippage within the largest one', () => {
    expect(namesOf({ DEFAULT_SLIPPAGE_BPS: '501' })).toEqual(['DEFAULT_SLIPPAGE_BPS']);
    expect(loadConfig({ DEFAULT_SLIPPAGE_BPS: '500' }).order.defaultSlippageBps).toBe(500);
    expect(namesOf({ MAX_SLIPPAGE_BPS: '49' })).toEqual(['DEFAULT_SLIPPAGE_BPS']);
  });

  describe('LOOKUP_TABLES', () => {
    it('are a comma list of addresses', () => {
      const [a, b] = [DEFAULT_TOKENS[0]!.mint, DEFAULT_TOKENS[1]!.mint];
      expect(loadConfig({ LOOKUP_TABLES: `${a}, ${b}` }).lookupTables).toEqual([a, b]);
      expect(namesOf({ LOOKUP_TABLES: `${a},x` })).toEqual(['LOOKUP_TABLES']);
    });
  });

  describe('TOKENS_FILE', () => {
    const token = { symbol: 'NEW', mint: MINT, decimals: 6, tokenProgram: TOKEN_PROGRAM };
    const withTokens = (content: string): Environment => ({ TOKENS_FILE: file('tokens.json', content) });

    it('adds tokens to the listed ones', () => {
      const { tokens } = loadConfig(withTokens(JSON.stringify([token])));
      expect(tokens.tokens).toEqual([...DEFAULT_TOKENS, token]);
    });

    it.each([
      ['is absent', undefined, 'cannot be read (ENOENT)'],
      ['is not JSON', `[{ ${CANARY}`, 'is not JSON'],
      ['is no list', JSON.stringify({ [CANARY]: 1 }), 'breaks its shape at the top'],
      ['has a bad mint', JSON.stringify([{ ...token, mint: CANARY }]), 'breaks its shape at 0.mint'],
      ['has too many decimals', JSON.stringify([token, { ...token, decimals: 19 }]), 'breaks its shape at 1.decimals'],
      [
        'has an unknown program',
        JSON.stringify([{ ...token, tokenProgram: MINT }]),
        'breaks its shape at 0.tokenProgram',
      ],
    ])('is refused when it %s, without its content', (_, content, rule) => {
      const env = content === undefined ? { TOKENS_FILE: join(folder, CANARY) } : withTokens(content);
      expect(faultsOf(env)).toEqual([{ name: 'TOKENS_FILE', rule }]);
    });

    it('is refused when it names a listed symbol or mint again', () => {
      const listed = DEFAULT_TOKENS[0]!;
      expect(namesOf(withTokens(JSON.stringify([{ ...token, symbol: listed.symbol }])))).toEqual(['TOKENS_FILE']);
      expect(namesOf(withTokens(JSON.stringify([{ ...token, mint: listed.mint }])))).toEqual(['TOKENS_FILE']);
    });
  });

  describe('POOLS_FILE', () => {
    const withPools = (content: unknown): Environment => ({ POOLS_FILE: file('pools.json', JSON.stringify(content)) });

    it('is a list of addresses, each counted once; without it pools are found on the ledger', () => {
      expect(loadConfig(withPools([MINT, MINT])).pools).toEqual([MINT]);
      expect(loadConfig({}).pools).toBeUndefined();
    });

    it.each([
      ['is no list', { [CANARY]: MINT }, 'breaks its shape at the top'],
      ['is empty', [], 'breaks its shape at the top'],
      ['has a bad address', [MINT, CANARY], 'breaks its shape at 1'],
      ['has more than addresses', [{ address: MINT }], 'breaks its shape at 0'],
    ])('is refused when it %s, without its content', (_, content, rule) => {
      expect(faultsOf(withPools(content))).toEqual([{ name: 'POOLS_FILE', rule }]);
    });

    it('is refused when it is absent or not JSON, without its content', () => {
      expect(faultsOf({ POOLS_FILE: join(folder, CANARY) })).toEqual([
        { name: 'POOLS_FILE', rule: 'cannot be read (ENOENT)' },
      ]);
      expect(faultsOf({ POOLS_FILE: file('pools.json', `[${CANARY}`) })).toEqual([
        { name: 'POOLS_FILE', rule: 'is not JSON' },
      ]);
    });
  });
});
