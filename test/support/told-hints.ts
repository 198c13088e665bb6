import type { TxSignature } from '../../src/chain/chain-client.js';
import { SignatureHints } from '../../src/chain/signature-hints.js';

/** Hints that come when a test says so. */
export class ToldHints extends SignatureHints {
  private readonly watches = new Map<TxSignature, () => void>();

  watch(signature: TxSignature, onHeard: () => void): void {
    this.watches.set(signature, onHeard);
  }

  forget(signature: TxSignature): void {
    this.watches.delete(signature);
  }

  get watched(): readonly TxSignature[] {
    return [...this.watches.keys()];
  }

  /** Throws when nobody listens. */
  tell(signature: TxSignature): void {
    const onHeard = this.watches.get(signature);
    if (onHeard === undefined) throw new Error(`nobody listens to ${signature}`);
    onHeard();
  }
}
