import { hash, randomBytes } from 'node:crypto';

/** Short, so that a key and what makes its digest blind fill no more blocks of SHA-256 than they have to. */
const BLINDING_BYTES = 16;

/**
 * Digests by which secrets are remembered and found again in one process: SHA-256 over random bytes of its own and the secret. Nobody outside
 * can tell the digest of a guess, so that they may be compared in any time: how far a guess agrees says nothing about the secret. Memory
 * holds no secret either. As text: a buffer takes three times as long to make.
 */
export class BlindDigest {
  private readonly blinding = randomBytes(BLINDING_BYTES).toString('base64');

  of(secret: string): string {
    return hash('sha256', this.blinding + secret, 'hex');
  }
}
