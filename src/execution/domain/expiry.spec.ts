import type { SignatureStatus } from '../../chain/chain-client.js';
import { begin, type ExpiryCase, NEW_CASE, nodeToRead, weigh } from './expiry-case.js';
import { type ExpiryReading, PROOF_REPEAT_MS, provesExpiry, showsExpiry } from './expiry.js';

const ATTEMPT = { lastValidBlockHeight: 150n, blockhashSlot: 10n };
const STATUS: SignatureStatus = { slot: 20n, commitment: 'processed', failure: null };
const READING: ExpiryReading = {
  node: 0,
  finalizedSlot: 161n,
  finalizedHeight: 151n,
  statusSlot: 161n,
  status: null,
  firstAvailableBlock: 10n,
  transactionFound: false,
  inWalletHistory: false,
  walletHistoryFrom: 10n,
  atMs: 0,
};
const LATER: ExpiryReading = { ...READING, atMs: PROOF_REPEAT_MS };

describe('one reading', () => {
  it('shows expiry when everything that could know the signature does not, after its last block', () => {
    expect(showsExpiry(ATTEMPT, READING)).toBe(true);
  });

  it.each<[string, Partial<ExpiryReading>]>([
    ['the last valid block is not finalized', { finalizedHeight: 150n }],
    ['fewer slots have passed than a blockhash lives blocks: the height is made up', { finalizedSlot: 160n }],
    ['the status was answered before the heights', { statusSlot: 160n }],
    ['the history begins after the blockhash', { firstAvailableBlock: 11n }],
    ['the status is known', { status: STATUS }],
    ['the transaction is found', { transactionFound: true }],
    ['the wallet history has it', { inWalletHistory: true }],
    ['the wallet history was not read back to the blockhash', { walletHistoryFrom: 11n }],
  ])('shows nothing when %s', (_title, change) => {
    expect(showsExpiry(ATTEMPT, { ...READING, ...change })).toBe(false);
  });
});

describe('the proof of expiry', () => {
  it('needs two readings two seconds apart where there is but one node', () => {
    expect(provesExpiry(ATTEMPT, [READING, { ...LATER, atMs: PROOF_REPEAT_MS - 1 }], 1)).toBe(false);
    expect(provesExpiry(ATTEMPT, [READING, LATER], 1)).toBe(true);
    expect(provesExpiry(ATTEMPT, [READING, { ...LATER, status: STATUS }], 1)).toBe(false);
  });

  it('needs two nodes where there are several, however late the same one says it again', () => {
    expect(provesExpiry(ATTEMPT, [READING, LATER], 2)).toBe(false);
    expect(provesExpiry(ATTEMPT, [READING, { ...READING, node: 1 }], 2)).toBe(true);
  });
});

describe('the case of an expiry', () => {
  const half: ExpiryCase = { ...NEW_CASE, first: READING };

  it('is proven by the second reading that agrees', () => {
    expect(weigh(ATTEMPT, NEW_CASE, READING, 1)).toEqual({ kind: 'open', next: half });
    expect(weigh(ATTEMPT, half, LATER, 1)).toEqual({ kind: 'proven', readings: [READING, LATER] });
  });

  it('starts over after a reading that disagrees', () => {
    const finding = weigh(ATTEMPT, half, { ...LATER, finalizedHeight: 149n }, 1);
    expect(finding).toEqual({ kind: 'open', next: NEW_CASE });
  });

  it('is never proven by a single node once the signature was seen', () => {
    const sighted = weigh(ATTEMPT, half, { ...LATER, transactionFound: true }, 1);
    expect(sighted).toMatchObject({ kind: 'sighted', next: { wasSeen: true, first: null } });
    expect(weigh(ATTEMPT, { ...half, wasSeen: true }, LATER, 1).kind).toBe('sighted');
  });

  it('may be proven by two nodes even then', () => {
    const finding = weigh(ATTEMPT, { ...half, wasSeen: true }, { ...READING, node: 1 }, 2);
    expect(finding.kind).toBe('proven');
  });

  it('asks the nodes in turn, and a single one again only after two seconds', () => {
    expect([NEW_CASE, begin(NEW_CASE), begin(begin(NEW_CASE))].map((known) => nodeToRead(known, 2, 0))).toEqual([
      0, 1, 0,
    ]);
    expect(nodeToRead(begin(half), 1, PROOF_REPEAT_MS - 1)).toBeNull();
    expect(nodeToRead(begin(half), 1, PROOF_REPEAT_MS)).toBe(0);
  });
});
