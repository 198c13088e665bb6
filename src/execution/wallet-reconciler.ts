import { Injectable, Logger } from '@nestjs/common';
import { TradingHaltStore } from '../platform/halts/persistence/trading-halt.store.js';
import { Loop } from '../platform/time/loop.js';
import { sideBySide } from '../platform/time/side-by-side.js';
import { ChainClient, type TxSignature } from '../chain/chain-client.js';
import { Signer } from '../chain/signer.js';
import { WalletWatchStore } from './persistence/wallet-watch.store.js';
import { walletHistory } from './wallet-history.js';

const RECONCILE_EVERY_MS = 60_000;
/** Few: orders are asked for at the same nodes meanwhile. */
const EXAMINED_AT_ONCE = 4;

/**
 * Holds the wallet's finalized history against the attempts: a transaction that the wallet signed and that is no attempt means that
 * somebody else has the key, or that the database is not the one that was signed for. Either way nothing more is signed.
 */
@Injectable()
export class WalletReconciler {
  private readonly logger = new Logger(WalletReconciler.name);
  private readonly loop = new Loop(() => this.reconcile(), {
    pauseMs: RECONCILE_EVERY_MS,
    complain: (error) => this.logger.warn({ err: error }, "the wallet's history was not read"),
  });
  /** Of what the last look found: were it not complete, the next one does not ask for these again. */
  private examined: ReadonlySet<TxSignature> = new Set();

  constructor(
    private readonly chain: ChainClient,
    private readonly signer: Signer,
    private readonly watch: WalletWatchStore,
    private readonly halts: TradingHaltStore,
  ) {}

  start(): void {
    this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** One look at everything since the last one. Throws `chain-unavailable`, `unavailable`: it was not complete, and is repeated. */
  async reconcile(): Promise<void> {
    const wallet = this.signer.address;
    const head = await this.chain.slot('finalized');
    const since = await this.watch.checkedSlot(wallet, head);
    const { signatures, gapBefore } = await walletHistory(this.chain, wallet, { since, head });
    if (gapBefore !== null) await this.haltForGap(since, gapBefore);
    if (await this.examineAll(signatures)) await this.watch.checked(wallet, head);
  }

  /** What lies in the gap is never looked at. The halt comes before the look is over: one that is interrupted halts again. */
  private async haltForGap(since: bigint, gapBefore: bigint): Promise<void> {
    const raised = await this.halts.raise({
      source: 'wallet',
      subject: `history after slot ${since}`,
      reason: `More touched the wallet than one look reads: what it did after slot ${since} and before slot ${gapBefore} is not known`,
      raisedBy: 'engine',
    });
    if (raised) {
      const slots = { since: Number(since), oldest: Number(gapBefore) };
      this.logger.error(slots, "ALERT the wallet's history has a gap: trading is halted");
    }
  }

  /** False when some are left for the next look. */
  private async examineAll(signatures: readonly TxSignature[]): Promise<boolean> {
    const examined = new Set(signatures.filter((signature) => this.examined.has(signature)));
    this.examined = examined;
    const unexamined = (await this.watch.unaccounted(signatures)).filter((signature) => !examined.has(signature));
    const goesOn = () => !this.loop.isStopped;
    await sideBySide(unexamined, { limit: EXAMINED_AT_ONCE, goesOn }, async (signature) => {
      if (await this.examine(signature)) examined.add(signature);
    });
    return unexamined.every((signature) => examined.has(signature));
  }

  /** False when the node does not have the transaction at hand: it is asked again. Whoever only sends to the wallet does not sign for it. */
  private async examine(signature: TxSignature): Promise<boolean> {
    const transaction = await this.chain.transaction(signature, 'finalized');
    if (transaction === null) return false;
    if (!transaction.signers.includes(this.signer.address)) return true;
    const raised = await this.halts.raise({
      source: 'wallet',
      subject: signature,
      reason: 'The wallet signed a transaction that is no attempt',
      raisedBy: 'engine',
    });
    if (raised) {
      this.logger.error({ signature }, 'ALERT the wallet signed a transaction that is no attempt: trading is halted');
    }
    return true;
  }
}
