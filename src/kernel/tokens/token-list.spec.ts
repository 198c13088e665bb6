import { DEFAULT_TOKENS } from './listed-tokens.js';
import { TokenList } from './token-list.js';

describe('TokenList', () => {
  const list = new TokenList(DEFAULT_TOKENS);

  it.each(['SOL', 'sol', 'So11111111111111111111111111111111111111112'])('finds SOL by %s', (name) => {
    expect(list.find(name)?.symbol).toBe('SOL');
  });

  it.each(['ſol', 'SOL\u0000', ' SOL', 'ＳＯＬ', 'BON\u212a'])('does not take %j for what it looks like', (name) => {
    expect(list.find(name)).toBeUndefined();
  });

  it('finds mints only as they are written', () => {
    expect(list.find('so11111111111111111111111111111111111111112')).toBeUndefined();
  });

  it('refuses two tokens of one symbol or mint', () => {
    const [sol] = DEFAULT_TOKENS;
    expect(() => new TokenList([...DEFAULT_TOKENS, { ...sol!, symbol: 'WSOL' }])).toThrow('listed twice');
    expect(() => new TokenList([...DEFAULT_TOKENS, { ...DEFAULT_TOKENS[1]!, symbol: 'sol', mint: sol!.mint }])).toThrow(
      'listed twice',
    );
  });
});
