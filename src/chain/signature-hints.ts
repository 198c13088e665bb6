import type { TxSignature } from './chain-client.js';

/**
 * Says early that the ledger knows a signature, well or with an error: a reason to look now, and to believe that it was seen. It
 * concludes nothing, it may be false, and it may never come: statuses have to be asked for all the same.
 */
export abstract class SignatureHints {
  /** `onHeard` is called once for each commitment that is told (`confirmed`, then `finalized`), again after a lost connection. */
  abstract watch(signature: TxSignature, onHeard: () => void): void;
  abstract forget(signature: TxSignature): void;
}

/** For a ledger that is asked at the cost of a look. */
export class NoSignatureHints extends SignatureHints {
  watch(): void {
    // Nothing is ever told.
  }

  forget(): void {
    // Nothing was to be told.
  }
}
