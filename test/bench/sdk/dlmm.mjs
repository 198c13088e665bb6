import { createRequire } from 'node:module';

// Its ES modules don't load in Node: they import a folder.
const require = createRequire(import.meta.url);
const DLMM = require('@meteora-ag/dlmm');
const { PublicKey } = require('@solana/web3.js');
const BN = require('bn.js');

const SLIPPAGE_BPS = new BN(50);
/** As many as one swap can pass. */
const BIN_ARRAYS = 8;

export async function dlmm({ pool, connection }) {
  const pair = await DLMM.create(connection, new PublicKey(pool));
  const downwards = await pair.getBinArrayForSwap(true, BIN_ARRAYS);
  const upwards = await pair.getBinArrayForSwap(false, BIN_ARRAYS);
  return ({ inputMint, amount }) => {
    const amountIn = new BN(amount);
    const swapForY = inputMint === pair.tokenX.publicKey.toBase58();
    const binArrays = swapForY ? downwards : upwards;
    return { quote: () => pair.swapQuote(amountIn, swapForY, SLIPPAGE_BPS, binArrays).outAmount };
  };
}
