/** The network this engine trades on. Orders and attempts are bound to it: they never move to another one. */
export abstract class CurrentNetwork {
  /** Row of `networks`: one per genesis hash, chain and execution mode. */
  abstract readonly id: number;
  abstract readonly genesisHash: string;
  abstract readonly chain: 'paper' | 'solana';
  abstract readonly execution: 'live' | 'simulate';
}
