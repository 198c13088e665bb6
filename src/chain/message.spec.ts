import fc from 'fast-check';
import { numberedAddress } from '../../test/support/curve-pool.js';
import { TestWallet } from '../../test/support/paper-sandbox.js';
import { memo, transferLamports } from './instructions.js';
import { type MessageTerms, underTerms } from './message.js';
import { compileUnsigned } from './transaction.js';

/** Real: everything; kit's compiler serves as the second opinion. */
const wallet = new TestWallet();
const terms = fc.record<MessageTerms>({
  blockhash: fc.integer({ min: 0, max: 200 }).map(numberedAddress),
  computeUnitLimit: fc.nat({ max: 1_400_000 }),
  computeUnitPriceMicroLamports: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});
/** With payments whose data looks like a compute budget's. */
const instructions = fc.array(
  fc.oneof(
    fc.string({ maxLength: 40 }).map((text) => memo(text)),
    fc.tuple(fc.integer({ min: 0, max: 60 }), fc.bigInt({ min: 0n, max: 2n ** 63n })).map(([to, lamports]) => {
      return transferLamports(wallet.address, numberedAddress(to), lamports);
    }),
  ),
  { maxLength: 8 },
);

describe('a message under other terms', () => {
  it('is the one that would be compiled under them', () => {
    fc.assert(
      fc.property(instructions, terms, terms, (list, before, after) => {
        const compiled = (under: MessageTerms) =>
          compileUnsigned({ payer: wallet.address, lastValidBlockHeight: 0n, instructions: list, ...under });
        const simulated = compiled(before);
        const kept = simulated.slice();
        expect(underTerms(simulated, after)).toEqual(compiled(after));
        expect(simulated).toEqual(kept);
      }),
      { numRuns: 300 },
    );
  });

  it('is made of nothing but a message', () => {
    const any = { blockhash: numberedAddress(1), computeUnitLimit: 1, computeUnitPriceMicroLamports: 1n };
    expect(() => underTerms(new Uint8Array(20), any)).toThrow(RangeError);
    expect(() => underTerms(new Uint8Array(0), any)).toThrow(RangeError);
  });
});
