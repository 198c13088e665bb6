import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const sdk = require('@raydium-io/raydium-sdk-v2');
const { PublicKey } = require('@solana/web3.js');
const BN = require('bn.js');

const SLIPPAGE = 0.005;

export async function cpmm({ pool, connection }) {
  const { rpcData } = await (await loaded(connection)).cpmm.getPoolInfoFromRpc(pool);
  const { configInfo, baseReserve, quoteReserve, feeOn } = rpcData;
  return ({ inputMint, amount }) => {
    const amountIn = new BN(amount);
    const isBaseIn = inputMint === rpcData.mintA.toBase58();
    const quote = () =>
      sdk.CurveCalculator.swapBaseInput(
        amountIn,
        isBaseIn ? baseReserve : quoteReserve,
        isBaseIn ? quoteReserve : baseReserve,
        configInfo.tradeFeeRate,
        configInfo.creatorFeeRate,
        configInfo.protocolFeeRate,
        configInfo.fundFeeRate,
        feeOn === sdk.FeeOn.BothToken || feeOn === sdk.FeeOn.OnlyTokenB,
      ).outputAmount;
    return { quote };
  };
}

export async function ammV4({ pool, connection }) {
  const { liquidity } = await loaded(connection);
  const poolInfo = sdk.toAmmComputePoolInfo(await liquidity.getRpcPoolInfos([pool]))[pool];
  const mints = [poolInfo.mintA.address, poolInfo.mintB.address];
  return ({ inputMint, amount }) => {
    const amountIn = new BN(amount);
    const [mintIn, mintOut] = inputMint === mints[0] ? mints : [...mints].reverse();
    const quote = () =>
      liquidity.computeAmountOut({ poolInfo, amountIn, mintIn, mintOut, slippage: SLIPPAGE }).amountOut;
    return { quote };
  };
}

export async function clmm({ pool, clock, connection }) {
  const { computePoolInfo, tickData } = await (await loaded(connection)).clmm.getPoolInfoFromRpc(pool);
  return ({ inputMint, amount }) => {
    const request = {
      poolInfo: computePoolInfo,
      tickarrayBitmapExtension: computePoolInfo.exBitmapInfo,
      tickArrayCache: tickData[pool],
      baseMint: new PublicKey(inputMint),
      epochInfo: { epoch: clock.epoch },
      amountIn: new BN(amount),
      slippage: SLIPPAGE,
      catchLiquidityInsufficient: true,
      blockTimestamp: clock.unixTimestamp,
    };
    const swap = clmmSwap(request);
    return {
      quote: () => {
        const { allTrade, amountOut } = sdk.PoolUtils.computeAmountOut(request);
        return whole(allTrade, amountOut.fee === undefined ? amountOut.amount : amountOut.amount.sub(amountOut.fee));
      },
      math: () => {
        const { allTrade, amountCalculated } = sdk.swapInternal(swap);
        return whole(allTrade, amountCalculated);
      },
    };
  };
}

/** What `PoolUtils.computeAmountOut` hands on to the simulation, less the accounts that it derives for the instruction. */
function clmmSwap({ poolInfo, tickarrayBitmapExtension, tickArrayCache, baseMint, amountIn, blockTimestamp }) {
  const zeroForOne = baseMint.toBase58() === poolInfo.mintA.address;
  const { tickCurrent, tickSpacing } = poolInfo.accInfo;
  const first = sdk.TickArrayUtil.getTickArrayStartIndex(tickCurrent, tickSpacing);
  const direction = zeroForOne ? -1 : 1;
  return {
    programId: poolInfo.programId,
    poolId: poolInfo.id,
    poolInfo: poolInfo.accInfo,
    tickArrays: Object.values(tickArrayCache)
      .map((value) => ({ address: value.address, value }))
      .filter(({ value }) => direction * (value.startTickIndex - first) >= 0)
      .sort((a, b) => direction * (a.value.startTickIndex - b.value.startTickIndex)),
    configInfo: poolInfo.ammConfig,
    tickarrayBitmapExtension,
    amountSpecified: amountIn,
    sqrtPriceLimitX64: new BN(0),
    zeroForOne,
    isBaseInput: true,
    blockTimestamp,
    includeExtraTickArrays: false,
  };
}

function whole(allTrade, amountOut) {
  if (!allTrade) throw new Error('the SDK fills only a part');
  return amountOut;
}

function loaded(connection) {
  return sdk.Raydium.load({ connection, disableLoadToken: true, disableFeatureCheck: true });
}
