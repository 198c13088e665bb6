import { address, type Address } from '../../../src/kernel/address.js';
import { ByteWriter } from '../../../src/kernel/bytes.js';
import { EngineError } from '../../../src/kernel/errors.js';
import { NATIVE_MINT } from '../../../src/kernel/tokens/listed-tokens.js';
import type { Account } from '../../../src/chain/account.js';
import {
  type AccountsAtSlot,
  ChainClient,
  CLOCK_SYSVAR,
  type Commitment,
  type LandedTransaction,
  type LatestBlockhash,
  type ReadOptions,
  type SignatureStatuses,
  type Simulation,
  type TransactionFailure,
  type TxSignature,
  type WireTransaction,
} from '../../../src/chain/chain-client.js';
import { addressFromBytes } from '../../../src/kernel/address.js';
import { tokenAccount, USDC } from '../../support/paper-sandbox.js';
import {
  moved,
  POOL,
  POOL_AUTHORITY,
  POOL_SOL,
  POOL_USDC,
  poolAccount,
  readSwap,
  SLIPPAGE_ERROR,
  type WiredSwap,
} from './scripted-market.js';

/** What becomes of one send. `hold` keeps the bytes for `landHeld`. */
export type Fate = 'land' | 'land-unanswered' | 'drop' | 'drop-unanswered' | 'hold' | 'refuse' | 'refuse-but-land';

interface Landed extends WiredSwap {
  commitment: Commitment;
  readonly slot: bigint;
  readonly failure: TransactionFailure | null;
  readonly price: bigint;
}

const FEE = 5_000n;
const SLOTS_AHEAD = 1_000n;
const BLOCKS = 150n;
const HISTORY_PAGE = 1_000;
const SYSTEM = address('11111111111111111111111111111111');
const RANK: Record<Commitment, number> = { processed: 0, confirmed: 1, finalized: 2 };

/** A ledger in memory whose every answer a test can spoil. What it holds is the truth that the engine is judged by. */
export class ScriptedChain extends ChainClient {
  /** Confirmed block height; slots run ahead by 1,000. */
  height = 500n;
  finalizedLag = 2n;
  /** USDC base units per SOL, as quoted. */
  price = 150_000_000n;
  /** The price at which transactions land, when it is another one. */
  landingPrice: bigint | null = null;
  landingFailure: TransactionFailure | null = null;
  landAt: Commitment = 'finalized';
  simulationFailure: TransactionFailure | null = null;
  walletUsdc = 10n ** 12n;

  /** Fates of the next sends; then `fate`. */
  readonly fates: Fate[] = [];
  fate: Fate = 'land';
  /** Calls that fail as if the node were away. */
  readonly failing = new Set<string>();
  /** What the node hides although it is there. */
  readonly hidden = { statuses: false, details: false, history: false };
  /** How many slots the status answers lag behind the ledger. */
  statusLag = 0n;
  firstBlock = 0n;
  /** What others paid of late, in micro-lamports a compute unit. */
  recentFees: readonly bigint[] = [];
  /** Blocks for which a new blockhash is said to be valid. */
  validFor = BLOCKS;

  /** Called before a send is looked at; a violation of P3 is pushed to `violations`. */
  onSend: (signature: TxSignature, wire: WireTransaction) => Promise<void> = () => Promise.resolve();
  /** Called once a send has had its effect, before it is answered. */
  afterSend: () => void = () => undefined;
  readonly violations: string[] = [];
  /** Signatures in the order in which they were sent, repeats included. */
  readonly sends: TxSignature[] = [];
  readonly sentBytes = new Map<TxSignature, Set<WireTransaction>>();
  readonly calls: string[] = [];

  private readonly lastBlocks = new Map<string, bigint>();
  private readonly ledger = new Map<string, Landed>();
  private readonly strangers = new Map<string, { readonly slot: bigint; readonly signers: readonly Address[] }>();
  private readonly held = new Map<string, WireTransaction>();
  private readonly taken: Promise<unknown>[] = [];
  private members: readonly ScriptedChain[] = [];

  constructor(private readonly genesis: string) {
    super();
  }

  /**
   * From now on the ledger has two nodes, each of which a test can spoil by itself. What is asked of neither by name is asked of the first,
   * and only what a transaction moved of the second one, too.
   */
  split(): readonly [ScriptedChain, ScriptedChain] {
    const node = () =>
      Object.assign(Object.create(this) as ScriptedChain, {
        failing: new Set<string>(),
        hidden: { statuses: false, details: false, history: false },
        calls: [],
        members: [],
      });
    const nodes = [node(), node()] as const;
    this.members = nodes;
    return nodes;
  }

  override nodes(): readonly ScriptedChain[] {
    return this.members.length === 0 ? [this] : this.members;
  }

  advance(blocks: bigint): void {
    this.height += blocks;
  }

  /** Beyond the last valid block of everything signed so far; finalized, unless the lag was made longer. */
  expireAll(): void {
    this.advance(BLOCKS + 3n);
  }

  /** Everything held lands, if its blockhash still lives. */
  landHeld(): void {
    for (const wire of this.held.values()) this.land(wire);
    this.held.clear();
  }

  /** Lands any signed bytes that were ever sent, whatever the node said of them. */
  landSent(signature: TxSignature): void {
    for (const wire of this.sentBytes.get(signature) ?? []) this.land(wire);
  }

  /** A finalized transaction that touches the wallet and that the engine knows nothing of. */
  landStranger(signature: string, signers: readonly string[]): void {
    const slot = this.height + SLOTS_AHEAD;
    this.strangers.set(signature, { slot, signers: signers as readonly Address[] });
  }

  commit(commitment: Commitment): void {
    for (const entry of this.ledger.values()) entry.commitment = commitment;
    this.landAt = commitment;
  }

  /** A fork takes everything back that is not final. */
  rollBack(): void {
    for (const [signature, { commitment }] of this.ledger)
      if (commitment !== 'finalized') this.ledger.delete(signature);
  }

  get landed(): readonly Landed[] {
    return [...this.ledger.values()];
  }

  get landedSuccesses(): readonly Landed[] {
    return this.landed.filter(({ failure }) => failure === null);
  }

  genesisHash(): Promise<string> {
    return Promise.resolve(this.genesis);
  }

  async slot(commitment: Commitment): Promise<bigint> {
    return (await this.blockHeight(commitment)) + SLOTS_AHEAD;
  }

  blockHeight(commitment: Commitment): Promise<bigint> {
    return this.answer('blockHeight', () => this.heightAt(commitment));
  }

  accounts(addresses: readonly Address[], options: ReadOptions): Promise<AccountsAtSlot> {
    return this.answer('accounts', () => ({
      contextSlot: this.reached(options),
      accounts: addresses.map((of) => this.accountOf(of)),
    }));
  }

  programAccounts(): Promise<readonly Account[]> {
    return this.answer('programAccounts', () => []);
  }

  latestBlockhash(options: ReadOptions): Promise<LatestBlockhash> {
    return this.answer('latestBlockhash', () => {
      const contextSlot = this.reached(options);
      const blockhash = this.blockhash();
      this.lastBlocks.set(blockhash, this.height + BLOCKS);
      return { contextSlot, blockhash, lastValidBlockHeight: this.height + this.validFor };
    });
  }

  signatureStatuses(
    signatures: readonly TxSignature[],
    options: { searchHistory: boolean },
  ): Promise<SignatureStatuses> {
    const { hidden } = this.members[0] ?? this;
    return this.answer(options.searchHistory ? 'searchHistory' : 'signatureStatuses', () => ({
      contextSlot: this.height + SLOTS_AHEAD - this.statusLag,
      statuses: signatures.map((signature) => {
        const entry = hidden.statuses ? undefined : this.ledger.get(signature);
        return entry === undefined ? null : { slot: entry.slot, commitment: entry.commitment, failure: entry.failure };
      }),
    }));
  }

  simulate(wire: WireTransaction, options: ReadOptions): Promise<Simulation> {
    return this.answer('simulate', () => ({
      contextSlot: this.reached(options),
      failure: this.simulationFailure ?? failureAt(readSwap(wire), this.price),
      logs: [],
      unitsConsumed: 1_000n,
    }));
  }

  send(wire: WireTransaction): Promise<TransactionFailure | null> {
    const taken = this.take(wire);
    this.taken.push(taken);
    return taken;
  }

  /** Whatever was being sent has had its effect, whoever sent it. */
  async hasTakenAll(): Promise<void> {
    await Promise.allSettled(this.taken.splice(0));
  }

  private async take(wire: WireTransaction): Promise<TransactionFailure | null> {
    const { signature, blockhash } = readSwap(wire);
    await this.onSend(signature as TxSignature, wire);
    this.sends.push(signature as TxSignature);
    const bytes = this.sentBytes.get(signature as TxSignature) ?? new Set();
    this.sentBytes.set(signature as TxSignature, bytes.add(wire));
    const fate = this.fates.shift() ?? this.fate;
    if (fate.includes('land')) this.land(wire);
    if (fate === 'hold') this.held.set(signature, wire);
    this.afterSend();
    if (fate.endsWith('unanswered')) throw unavailable('send');
    const refused = fate.startsWith('refuse') || this.heightAt('confirmed') > (this.lastBlocks.get(blockhash) ?? 0n);
    return refused ? { instructionIndex: null, customCode: null, name: 'BlockhashNotFound' } : null;
  }

  transaction(signature: TxSignature, commitment: 'confirmed' | 'finalized'): Promise<LandedTransaction | null> {
    const isHidden = this.nodes().every(({ hidden }) => hidden.details);
    return this.answer('transaction', () => {
      const stranger = isHidden ? undefined : this.strangers.get(signature);
      if (stranger !== undefined) return { ...EMPTY, ...stranger };
      const entry = isHidden ? undefined : this.ledger.get(signature);
      return entry === undefined || RANK[entry.commitment] < RANK[commitment] ? null : detailsOf(entry);
    });
  }

  signaturesFor(
    _account: Address,
    { commitment, before }: Parameters<ChainClient['signaturesFor']>[1],
  ): Promise<readonly { signature: TxSignature; slot: bigint }[]> {
    return this.answer('signaturesFor', () => {
      if (this.hidden.history) return [];
      const landed = this.landed.filter((entry) => RANK[entry.commitment] >= RANK[commitment]);
      const all = [...landed, ...[...this.strangers].map(([signature, { slot }]) => ({ signature, slot }))]
        .map(({ signature, slot }) => ({ signature: signature as TxSignature, slot }))
        .sort((a, b) => Number(b.slot - a.slot));
      const from = before === undefined ? 0 : all.findIndex(({ signature }) => signature === before) + 1;
      return before !== undefined && from === 0 ? [] : all.slice(from, from + HISTORY_PAGE);
    });
  }

  recentPrioritizationFees(): Promise<readonly bigint[]> {
    return this.answer('recentPrioritizationFees', () => this.recentFees);
  }

  firstAvailableBlock(): Promise<bigint> {
    return this.answer('firstAvailableBlock', () => this.firstBlock);
  }

  private answer<T>(call: string, make: () => T): Promise<T> {
    this.calls.push(call);
    return new Promise((resolve) => {
      if (this.failing.has(call) || this.failing.has('everything')) throw unavailable(call);
      resolve(make());
    });
  }

  private reached({ commitment, minContextSlot = 0n }: ReadOptions): bigint {
    const slot = this.heightAt(commitment) + SLOTS_AHEAD;
    if (slot < minContextSlot) throw unavailable('minContextSlot');
    return slot;
  }

  private heightAt(commitment: Commitment): bigint {
    return commitment === 'finalized' ? this.height - this.finalizedLag : this.height;
  }

  /** One per block, so that the last valid block of bytes is known from them. */
  private blockhash(): string {
    return addressFromBytes(new ByteWriter(new Uint8Array(32).fill(7)).u64(0, this.height).bytes);
  }

  private land(wire: WireTransaction): void {
    const swap = readSwap(wire);
    const isValid = this.height <= (this.lastBlocks.get(swap.blockhash) ?? 0n);
    if (!isValid || this.ledger.has(swap.signature)) return;
    const price = this.landingPrice ?? this.price;
    const failure = this.landingFailure ?? failureAt(swap, price);
    const slot = this.height + SLOTS_AHEAD;
    this.ledger.set(swap.signature, { ...swap, commitment: this.landAt, slot, failure, price });
  }

  private accountOf(of: Address): Account | null {
    if (of === POOL) return poolAccount(this.price);
    if (of === CLOCK_SYSVAR) return this.clockAccount();
    return tokenAccount(of, USDC, SYSTEM, this.walletUsdc);
  }

  private clockAccount(): Account {
    const data = new ByteWriter(new Uint8Array(40)).u64(0, this.height + SLOTS_AHEAD).u64(32, 1_800_000_000n).bytes;
    return { address: CLOCK_SYSVAR, owner: SYSTEM, lamports: 1n, data };
  }
}

const EMPTY = { failure: null, feeLamports: FEE, logs: [], lamports: new Map(), tokenBalances: [] };

function failureAt(swap: WiredSwap, price: bigint): TransactionFailure | null {
  const amounts = moved(swap, price);
  const holds = swap.exactOut ? amounts.in <= swap.threshold : amounts.out >= swap.threshold;
  return holds ? null : { instructionIndex: swap.instructionIndex, customCode: SLIPPAGE_ERROR, name: 'Custom' };
}

function detailsOf(entry: Landed): LandedTransaction {
  const { in: given, out: got } = entry.failure === null ? moved(entry, entry.price) : { in: 0n, out: 0n };
  const [usdc, sol] = entry.exactOut ? [-given, got] : [got, -given];
  const walletUsdc = entry.exactOut ? entry.inputAccount : entry.outputAccount;
  const change = (account: Address, mint: Address, owner: Address, by: bigint) => {
    const before = 10n ** 15n;
    return { account, mint, owner, before, after: before + by, isNew: false };
  };
  return {
    slot: entry.slot,
    failure: entry.failure,
    signers: [entry.wallet],
    feeLamports: FEE,
    logs: [],
    lamports: new Map([[entry.wallet, { before: 10n ** 13n, after: 10n ** 13n + sol - FEE }]]),
    tokenBalances: [
      change(walletUsdc, USDC, entry.wallet, usdc),
      change(POOL_USDC, USDC, POOL_AUTHORITY, -usdc),
      change(POOL_SOL, NATIVE_MINT, POOL_AUTHORITY, -sol),
    ],
  };
}

function unavailable(call: string): EngineError {
  return new EngineError('chain-unavailable', `the node did not answer ${call}`);
}
