/** An attempt changed since it was judged: somebody else has acted on it, and this worker leaves it to them. */
export class AttemptMovedError extends Error {
  override readonly name = 'AttemptMovedError';

  constructor(signature: string) {
    super(`attempt ${signature} was changed by somebody else`);
  }
}
