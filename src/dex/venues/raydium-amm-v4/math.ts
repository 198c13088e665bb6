import type { Address } from '../../../kernel/address.js';
import { divCeil, mulDivCeil, mulDivFloor, U64_MAX } from '../../../kernel/math.js';
import type { ChainTime } from '../../../chain/account.js';
import {
  objectionTo,
  type Pool,
  type PoolQuote,
  type PoolRefusal,
  type QuoteResult,
  type RefusalReason,
  refuse,
  type SpotPrice,
} from '../../domain/pool.js';
import type { SwapRequest } from '../../domain/swap.js';
import type { AmmV4Market } from './instructions.js';
import { AMM_V4_STATUS, type AmmV4State } from './layout.js';

/** One direction of a pool: what a swap's amounts depend on. */
export interface AmmV4Side {
  readonly reserveIn: bigint;
  readonly reserveOut: bigint;
  readonly feeNumerator: bigint;
  readonly feeDenominator: bigint;
}

/** A swap as the program carries it out. The whole fee is in the input token and stays in the pool. */
export interface AmmV4Swap extends PoolQuote {
  readonly swapFee: bigint;
}

/** What `amount` brings. The fee rounds up and the output down, in the pool's favour. */
export function swapExactIn(side: AmmV4Side, amount: bigint): AmmV4Swap | PoolRefusal {
  const { reserveIn, reserveOut } = side;
  if (reserveIn + amount > U64_MAX) return refuse('out-of-range');
  const swapFee = mulDivCeil(amount, side.feeNumerator, side.feeDenominator);
  const curveIn = amount - swapFee;
  const outAmount = mulDivFloor(reserveOut, curveIn, reserveIn + curveIn);
  if (outAmount <= 0n) return refuse('amount-too-small');
  return { ok: true, inAmount: amount, outAmount, curveInAmount: curveIn, curveOutAmount: outAmount, swapFee };
}

/** What must be sent for `amount` to arrive. The input rounds up twice: on the curve, and when the fee is put on top. */
export function swapExactOut(side: AmmV4Side, amount: bigint): AmmV4Swap | PoolRefusal {
  const { reserveIn, reserveOut, feeNumerator, feeDenominator } = side;
  if (amount >= reserveOut) return refuse('insufficient-liquidity');
  const curveIn = mulDivCeil(reserveIn, amount, reserveOut - amount);
  const inAmount = mulDivCeil(curveIn, feeDenominator, feeDenominator - feeNumerator);
  if (reserveIn + inAmount > U64_MAX) return refuse('out-of-range');
  if (inAmount === 0n) return refuse('amount-too-small');
  const swapFee = inAmount - curveIn;
  return { ok: true, inAmount, outAmount: amount, curveInAmount: curveIn, curveOutAmount: amount, swapFee };
}

/** Distinct accounts of a swap: a market's come on top of the pool's and the wallet's. */
const SWAP_ACCOUNTS = { plain: 8, withMarket: 17 } as const;

export interface AmmV4PoolParts {
  readonly address: Address;
  readonly state: AmmV4State;
  /** Coin and pc, both above zero. */
  readonly reserves: readonly [bigint, bigint];
  /** null for pools without an order book. */
  readonly market: AmmV4Market | null;
}

/** A decoded AMM v4 pool. Its parts are checked by the decoder; quotes only do arithmetic. */
export class AmmV4Pool implements Pool {
  readonly venue = 'raydium';
  readonly program = 'amm-v4';
  readonly swapAccounts: number;
  readonly address: Address;
  readonly mints: readonly [Address, Address];
  readonly state: AmmV4State;
  readonly market: AmmV4Market | null;
  private readonly reserves: readonly [bigint, bigint];

  constructor(parts: AmmV4PoolParts) {
    this.address = parts.address;
    this.state = parts.state;
    this.market = parts.market;
    this.reserves = parts.reserves;
    this.mints = [parts.state.keys.coinMint, parts.state.keys.pcMint];
    this.swapAccounts = parts.market === null ? SWAP_ACCOUNTS.plain : SWAP_ACCOUNTS.withMarket;
  }

  feeBps(): number {
    return Number(divCeil(this.state.swapFeeNumerator * 10_000n, this.state.swapFeeDenominator));
  }

  refusal(time: ChainTime): RefusalReason | null {
    switch (this.state.status) {
      case AMM_V4_STATUS.initialized:
      case AMM_V4_STATUS.swapOnly:
        return null;
      case AMM_V4_STATUS.waitingTrade:
        return time.unixTimestamp < this.state.poolOpenTime ? 'not-open-yet' : null;
      default:
        return 'disabled';
    }
  }

  quote(request: SwapRequest, time: ChainTime): QuoteResult {
    const objection = objectionTo(this, request, time);
    if (objection !== null) return refuse(objection);
    const coinIn = request.inputMint === this.mints[0];
    const side = this.side(coinIn);
    return request.swapMode === 'ExactIn' ? swapExactIn(side, request.amount) : swapExactOut(side, request.amount);
  }

  spotPrice(inputMint: Address): SpotPrice {
    const [coin, pc] = this.reserves;
    return inputMint === this.mints[0] ? { numerator: pc, denominator: coin } : { numerator: coin, denominator: pc };
  }

  /** The direction of a swap. */
  side(coinIn: boolean): AmmV4Side {
    const [coin, pc] = this.reserves;
    return {
      reserveIn: coinIn ? coin : pc,
      reserveOut: coinIn ? pc : coin,
      feeNumerator: this.state.swapFeeNumerator,
      feeDenominator: this.state.swapFeeDenominator,
    };
  }
}

/** The pool after a swap, as the program books it: totals, and the end of its waiting. The vaults themselves move by the transfers. */
export function stateAfterSwap(state: AmmV4State, coinIn: boolean, swap: AmmV4Swap): AmmV4State {
  const status = state.status === AMM_V4_STATUS.waitingTrade ? AMM_V4_STATUS.swapOnly : state.status;
  return coinIn
    ? {
        ...state,
        status,
        swapCoinIn: state.swapCoinIn + swap.inAmount,
        swapPcOut: state.swapPcOut + swap.outAmount,
        swapCoinFee: state.swapCoinFee + swap.swapFee,
      }
    : {
        ...state,
        status,
        swapPcIn: state.swapPcIn + swap.inAmount,
        swapCoinOut: state.swapCoinOut + swap.outAmount,
        swapPcFee: state.swapPcFee + swap.swapFee,
      };
}
