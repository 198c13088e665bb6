export type TransportFaultKind =
  /** No answer in time. */
  | 'timeout'
  /** No connection, or one that broke. */
  | 'network'
  /** The endpoint has had enough of us for now. */
  | 'rate-limited'
  /** An HTTP status that is no answer. */
  | 'status'
  | 'too-large'
  /** Not JSON, not an answer, not to this question, or impossible. */
  | 'garbage';

/** A call without an answer of the node. Its message names the endpoint by its label, never by its URL. */
export class TransportFault extends Error {
  override readonly name = 'TransportFault';

  constructor(
    readonly kind: TransportFaultKind,
    message: string,
    /** How long the endpoint asked to be left alone, with `rate-limited`. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}
