import { U64_MAX } from '../../../../kernel/math.js';
import type { BinLiquidity } from '../layout/bin-array.js';
import { feeInside, feeOnTop } from './fee.js';
import { inputFor, outputFor } from './price.js';

/** One bin as a swap meets it. */
export interface BinTerms {
  readonly liquidity: BinLiquidity;
  /** Q64.64, above zero. */
  readonly price: bigint;
  readonly xToY: boolean;
  /** The fee rate in this bin, and whether it comes off the output. */
  readonly rate: bigint;
  readonly feeOnOutput: boolean;
}

/** What passes through a bin, before any fee. */
interface BinFill {
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  /** The market makers' part of both. */
  readonly makerIn: bigint;
  readonly makerOut: bigint;
  /** The limit orders' part of the output. */
  readonly processingOut: bigint;
  readonly openOut: bigint;
}

/** A swap in one bin. The fee is in the input token, or in the output token where it comes off that. */
export interface BinSwap {
  readonly inAmount: bigint;
  readonly outAmount: bigint;
  readonly fee: bigint;
  readonly fill: BinFill;
}

/** Why a bin does not serve: an amount beyond u64, or layers whose roundings the program does not reconcile (its error 6085). */
export type BinFault = 'overflow' | 'unreconciled';

/** Everything that the bin has to give. */
function capacity({ maker, processing, open }: BinLiquidity): bigint {
  return maker + processing + open;
}

/** As much as `amount` buys, or all that there is. Each layer rounds on its own. */
function fillWith({ liquidity, price, xToY }: BinTerms, amount: bigint): BinFill | BinFault {
  const { maker, processing, open } = liquidity;
  const makerNeed = inputFor(maker, price, xToY);
  if (makerNeed > U64_MAX) return 'overflow';
  if (amount < makerNeed) return makerFill(amount, outputFor(amount, price, xToY));
  if (processing === 0n && open === 0n) return makerFill(makerNeed, maker);

  const processingNeed = inputFor(processing, price, xToY);
  const openNeed = inputFor(open, price, xToY);
  if (processingNeed > U64_MAX || openNeed > U64_MAX) return 'overflow';
  const afterMaker = amount - makerNeed;
  const processingFilled = afterMaker >= processingNeed;
  const processingOut = processingFilled ? processing : outputFor(afterMaker, price, xToY);
  const afterProcessing = processingFilled ? afterMaker - processingNeed : 0n;
  const openFilled = afterProcessing >= openNeed;
  const openOut = openFilled ? open : outputFor(afterProcessing, price, xToY);
  return {
    inAmount: processingFilled && openFilled ? makerNeed + processingNeed + openNeed : amount,
    outAmount: maker + processingOut + openOut,
    makerIn: makerNeed,
    makerOut: maker,
    processingOut,
    openOut,
  };
}

function makerFill(inAmount: bigint, outAmount: bigint): BinFill {
  return { inAmount, outAmount, makerIn: inAmount, makerOut: outAmount, processingOut: 0n, openOut: 0n };
}

/** Exactly `amount` of output, at most the bin's capacity. Each layer rounds up on its own. */
function fillFor({ liquidity, price, xToY }: BinTerms, amount: bigint): BinFill | BinFault {
  const makerOut = amount < liquidity.maker ? amount : liquidity.maker;
  const makerIn = inputFor(makerOut, price, xToY);
  if (makerIn > U64_MAX) return 'overflow';
  if (makerOut === amount) return makerFill(makerIn, makerOut);

  const ordersOut = amount - makerOut;
  const processingOut = ordersOut < liquidity.processing ? ordersOut : liquidity.processing;
  const openOut = ordersOut - processingOut;
  const inAmount = makerIn + inputFor(processingOut, price, xToY) + inputFor(openOut, price, xToY);
  if (inAmount > U64_MAX) return 'overflow';
  return { inAmount, outAmount: amount, makerIn, makerOut, processingOut, openOut };
}

/** What `amount` of input brings in a bin; may take less than all of it. */
export function swapBinExactIn(bin: BinTerms, amount: bigint): BinSwap | BinFault {
  if (bin.feeOnOutput) {
    const fill = fillWith(bin, amount);
    if (typeof fill === 'string') return fill;
    const fee = feeInside(fill.outAmount, bin.rate);
    return { inAmount: fill.inAmount, outAmount: fill.outAmount - fee, fee, fill };
  }
  const inside = feeInside(amount, bin.rate);
  const net = amount - inside;
  const fill = fillWith(bin, net);
  if (typeof fill === 'string') return fill;
  const fee = fill.inAmount === net ? inside : feeOnTop(fill.inAmount, bin.rate);
  return { inAmount: fill.inAmount + fee, outAmount: fill.outAmount, fee, fill };
}

/** The input for `wanted` of output after the fee, or for the whole bin when that brings no more. */
export function swapBinExactOut(bin: BinTerms, wanted: bigint): BinSwap | BinFault {
  const onOutput = bin.feeOnOutput ? feeOnTop(wanted, bin.rate) : 0n;
  const gross = wanted + onOutput;
  const all = capacity(bin.liquidity);
  if (gross >= all) return drainBin(bin, all, wanted);

  const fill = fillFor(bin, gross);
  if (typeof fill === 'string') return fill;
  // The program sizes the input by one conversion over the whole bin, and aborts when its layers then ask for more.
  if (fill.makerOut !== gross && fill.inAmount !== inputFor(gross, bin.price, bin.xToY)) return 'unreconciled';
  const fee = bin.feeOnOutput ? onOutput : feeOnTop(fill.inAmount, bin.rate);
  const inAmount = bin.feeOnOutput ? fill.inAmount : fill.inAmount + fee;
  return inAmount > U64_MAX ? 'overflow' : { inAmount, outAmount: wanted, fee, fill };
}

/** Where the drained bin brings more than was wanted, the wallet gets no more than that. */
function drainBin(bin: BinTerms, all: bigint, wanted: bigint): BinSwap | BinFault {
  const fill = fillFor(bin, all);
  if (typeof fill === 'string') return fill;
  if (bin.feeOnOutput) {
    const fee = feeInside(all, bin.rate);
    const left = all - fee;
    return { inAmount: fill.inAmount, outAmount: left < wanted ? left : wanted, fee, fill };
  }
  const fee = feeOnTop(fill.inAmount, bin.rate);
  const inAmount = fill.inAmount + fee;
  return inAmount > U64_MAX ? 'overflow' : { inAmount, outAmount: all, fee, fill };
}
