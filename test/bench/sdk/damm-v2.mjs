import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const sdk = require('@meteora-ag/cp-amm-sdk');
const { PublicKey } = require('@solana/web3.js');
const BN = require('bn.js');

const SLIPPAGE_PERCENT = 0.5;

export async function dammV2({ pool, clock, tokens, connection }) {
  const cpAmm = new sdk.CpAmm(connection);
  const poolState = await cpAmm.fetchPoolState(new PublicKey(pool));
  const currentPoint = new BN(poolState.activationType === sdk.ActivationType.Slot ? clock.slot : clock.unixTimestamp);
  return ({ inputMint, amount }) => {
    const request = {
      poolState,
      currentPoint,
      inputTokenMint: new PublicKey(inputMint),
      amountIn: new BN(amount),
      swapMode: sdk.SwapMode.ExactIn,
      slippage: SLIPPAGE_PERCENT,
      tokenADecimal: tokens[0].decimals,
      tokenBDecimal: tokens[1].decimals,
      hasReferral: false,
    };
    const direction = poolState.tokenAMint.equals(request.inputTokenMint)
      ? sdk.TradeDirection.AtoB
      : sdk.TradeDirection.BtoA;
    const feeMode = sdk.getFeeMode(poolState.collectFeeMode, direction, false);
    return {
      quote: () => cpAmm.getQuote2(request).outputAmount,
      math: () =>
        sdk.getSwapResultFromExactInput(poolState, request.amountIn, feeMode, direction, currentPoint).outputAmount,
    };
  };
}
