import { compareBigInts } from '../../kernel/math.js';
import type { ChainTime } from '../../chain/account.js';
import type { Pool } from '../../dex/domain/pool.js';
import { type RouteRequest, worthOf } from './route.js';

/** A pool with the part of the request's amount that it is to serve. */
export interface SplitPart {
  readonly pool: Pool;
  readonly amount: bigint;
}

/** The first cut: the amount is handed out in so many pieces, each to the pool that serves it best. */
const PIECES = 32n;
/** Then parts are moved between pools in ever smaller steps, down to a thousandth: what is left to gain is the square of that. */
const FINEST = 1_024n;
/**
 * Shares an amount out among pools so that no piece would be served better elsewhere, which equalises their marginal prices. The parts,
 * largest first, add up to the amount exactly. Null when fewer than two pools are of use, or when all of them together can't serve the amount.
 */
export function splitAmount(
  request: RouteRequest,
  pools: readonly Pool[],
  time: ChainTime,
): readonly SplitPart[] | null {
  const piece = request.amount / PIECES;
  if (piece === 0n || pools.length < 2) return null;
  const shares = pools.map((pool) => new Share(pool, request, time));
  if (!handOut(shares, request.amount, piece)) return null;
  const used = shares.filter(({ amount }) => amount > 0n);
  for (let step = piece / 2n; step > 0n && step >= request.amount / FINEST; step /= 2n) even(used, step);
  const parts = used.filter(({ amount }) => amount > 0n).map(({ pool, amount }) => ({ pool, amount }));
  return parts.length < 2 ? null : parts.sort((a, b) => compareBigInts(b.amount, a.amount));
}

/** One pool's part while it is being decided. */
class Share {
  amount = 0n;
  private worth = 0n;
  /** Moves come back to the same few amounts, and a quote is what costs here. */
  private readonly known = new Map<bigint, bigint | null>([[0n, 0n]]);

  constructor(
    readonly pool: Pool,
    private readonly request: RouteRequest,
    private readonly time: ChainTime,
  ) {}

  /** What `change` more (or less) would be worth; null when the pool can't serve it. */
  gainOf(change: bigint): bigint | null {
    const worth = this.worthAt(this.amount + change);
    return worth === null ? null : worth - this.worth;
  }

  add(change: bigint): void {
    const worth = this.worthAt(this.amount + change);
    if (worth === null) throw new RangeError('the pool was asked before and refused');
    this.amount += change;
    this.worth = worth;
  }

  private worthAt(amount: bigint): bigint | null {
    const known = this.known.get(amount);
    if (known !== undefined) return known;
    const { swapMode, inputMint } = this.request;
    const quote = amount < 0n ? null : this.pool.quote({ swapMode, inputMint, amount }, this.time);
    const worth = quote?.ok === true ? worthOf({ swapMode, ...quote }) : null;
    this.known.set(amount, worth);
    return worth;
  }
}

/** False when no pool can take a piece any more. The first piece carries what the division left over. */
function handOut(shares: readonly Share[], amount: bigint, piece: bigint): boolean {
  let left = amount;
  for (let size = amount - piece * (PIECES - 1n); left > 0n; size = piece) {
    const best = bestTaker(shares, size);
    if (best === null) return false;
    best.share.add(size);
    left -= size;
  }
  return true;
}

/** Who makes the most of a change; the first of equals. */
function bestTaker(shares: readonly Share[], change: bigint): { readonly share: Share; readonly gain: bigint } | null {
  let best: { readonly share: Share; readonly gain: bigint } | null = null;
  for (const share of shares) {
    const gain = share.gainOf(change);
    if (gain !== null && (best === null || gain > best.gain)) best = { share, gain };
  }
  return best;
}

/** Moves `step` from where it is worth least to where it is worth most, as long as that gains something. */
function even(shares: readonly Share[], step: bigint): void {
  for (let moves = 2 * shares.length; moves > 0; moves--) {
    const giver = bestTaker(shares, -step);
    if (giver === null) return;
    const taker = bestTaker(
      shares.filter((share) => share !== giver.share),
      step,
    );
    if (taker === null || taker.gain + giver.gain <= 0n) return;
    giver.share.add(-step);
    taker.share.add(step);
  }
}
