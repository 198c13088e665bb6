/** How often the gateway looks after its connections, in milliseconds. */
export class GatewayTimes {
  readonly pingEveryMs: number = 30_000;
  /** A peer that was silent for this long is gone. */
  readonly dropAfterMs: number = 60_000;
  /** A replay whose peer takes nothing for this long is given up. */
  readonly stallMs: number = 5_000;
  /** One timer looks at all connections. */
  readonly sweepEveryMs: number = 1_000;
  /** How long a lost notice may stay unnoticed. */
  readonly resyncEveryMs: number = 5_000;
  /** How long peers may take to answer the close at shutdown. */
  readonly closeWithinMs: number = 2_000;
}
