import fc from 'fast-check';
import { address } from '../../kernel/address.js';
import { ByteWriter } from '../../kernel/bytes.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import { grossUpTransfer, mintTerms, transferFee, transferFeeAt } from './token-2022.js';

/** Pure: mint bytes written by hand. */
const mint = address('SysvarRent111111111111111111111111111111111');

function extension(type: number, value: Uint8Array): Uint8Array {
  return new ByteWriter(new Uint8Array(4 + value.length)).u16(0, type).u16(2, value.length).raw(4, value).bytes;
}

function termsOf(extensions: Uint8Array[], owner = TOKEN_2022_PROGRAM) {
  const data = new Uint8Array([...new Uint8Array(165), 1, ...extensions.flatMap((bytes) => [...bytes])]);
  return mintTerms(new Map([[mint, { address: mint, owner, lamports: 1n, data }]]), mint, TOKEN_2022_PROGRAM);
}

const feeConfig = (older: { bps: number; maximum: bigint }, newer: { bps: number; maximum: bigint; epoch: bigint }) =>
  new ByteWriter(new Uint8Array(108))
    .u64(80, older.maximum)
    .u16(88, older.bps)
    .u64(90, newer.epoch)
    .u64(98, newer.maximum)
    .u16(106, newer.bps).bytes;

describe('the transfer fee of a Token-2022 mint', () => {
  it('is the newer one from its epoch on', () => {
    const config = feeConfig({ bps: 100, maximum: 5_000n }, { bps: 200, maximum: 7_000n, epoch: 10n });
    const terms = termsOf([extension(18, new Uint8Array(64)), extension(1, config)]);
    const schedule = terms.ok ? terms.transferFee : null;
    expect(transferFeeAt(schedule, 9n)).toEqual({ bps: 100n, maximum: 5_000n });
    expect(transferFeeAt(schedule, 10n)).toEqual({ bps: 200n, maximum: 7_000n });
    expect(transferFeeAt(null, 10n)).toEqual({ bps: 0n, maximum: 0n });
  });

  it('rounds up and stops at its maximum', () => {
    const fee = { bps: 100n, maximum: 50n };
    expect([0n, 1n, 100n, 101n, 5_000n, 5_001n].map((amount) => transferFee(fee, amount))).toEqual([
      0n,
      1n,
      1n,
      2n,
      50n,
      50n,
    ]);
  });

  it('is grossed up to exactly what must arrive, or not at all', () => {
    const fees = fc.record({ bps: fc.bigInt(0n, 10_000n), maximum: fc.bigInt(0n, 1n << 50n) });
    fc.assert(
      fc.property(fees, fc.bigInt(0n, 1n << 60n), (fee, received) => {
        const sent = grossUpTransfer(fee, received);
        if (sent !== null) expect(sent - transferFee(fee, sent)).toBe(received);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the terms of a mint', () => {
  const hook = (program: number) => extension(14, new Uint8Array(64).fill(program, 32));

  it('are free for legacy mints, which need not be read', () => {
    expect(mintTerms(new Map(), mint, TOKEN_PROGRAM)).toEqual({ ok: true, transferFee: null });
    expect(mintTerms(new Map(), mint, mint)).toEqual({ ok: false, reason: 'unsupported-pool' });
  });

  it.each([
    ['a live transfer hook', [hook(1)], 'unsupported-pool'],
    ['no transfers at all', [extension(9, new Uint8Array(0))], 'unsupported-pool'],
    ['paused transfers', [extension(26, new Uint8Array(33).fill(1))], 'disabled'],
    [
      'a fee above all',
      [extension(1, feeConfig({ bps: 10_001, maximum: 1n }, { bps: 0, maximum: 0n, epoch: 0n }))],
      'state-invalid',
    ],
    ['a fee of the wrong size', [extension(1, new Uint8Array(107))], 'state-invalid'],
    ['an extension that runs out of the account', [extension(18, new Uint8Array(4)).subarray(0, 6)], 'state-invalid'],
  ])('refuse %s', (_, extensions, reason) => {
    expect(termsOf(extensions)).toEqual({ ok: false, reason });
  });

  it('accept a hook without a program, and stop at the end of the list', () => {
    expect(termsOf([hook(0), new Uint8Array(4), hook(1)])).toEqual({ ok: true, transferFee: null });
  });

  it('refuse a missing mint and one of another program', () => {
    expect(mintTerms(new Map(), mint, TOKEN_2022_PROGRAM)).toEqual({ ok: false, reason: 'state-missing' });
    expect(termsOf([], TOKEN_PROGRAM)).toEqual({ ok: false, reason: 'state-invalid' });
  });
});
