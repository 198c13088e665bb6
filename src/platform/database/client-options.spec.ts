import { EngineClient } from './client-options.js';

describe('a pooled client', () => {
  it('whose connection breaks while nobody uses it does not end the process', () => {
    expect(() => new EngineClient().emit('error', new Error('read ECONNRESET'))).not.toThrow();
  });
});
