/** Quotes recorded pools by the official SDKs: a JSON line asks (`WorkerRequest` in sdk-quotes.ts), a JSON line answers. */
import { Console } from 'node:console';
import { createInterface } from 'node:readline';
import { timed, warmUp } from './loop.mjs';
import { readRecorded } from './recorded-chain.mjs';

/** Each loads what it needs alone: an SDK that does not start takes no other with it. */
const PROGRAMS = {
  'raydium-cpmm': async (recorded) => (await import('./raydium.mjs')).cpmm(recorded),
  'raydium-amm-v4': async (recorded) => (await import('./raydium.mjs')).ammV4(recorded),
  'raydium-clmm': async (recorded) => (await import('./raydium.mjs')).clmm(recorded),
  'meteora-damm-v2': async (recorded) => (await import('./damm-v2.mjs')).dammV2(recorded),
  'meteora-dlmm': async (recorded) => (await import('./dlmm.mjs')).dlmm(recorded),
};

const ANSWERS = {
  amounts: (quotes) => quotes.map((quote) => quote().toString()),
  warmUp: (quotes, ms) => warmUp(quotes, ms),
  timed: (quotes, passes) => timed(quotes, passes),
};

const sets = new Map();

// What an SDK prints must not get between the answers.
globalThis.console = new Console(process.stderr);

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { value: await answerTo(JSON.parse(line)) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function answerTo({ ask, path, cases, by, amount }) {
  const key = `${path} ${cases.join()}`;
  if (!sets.has(key)) sets.set(key, await recordedSwaps(path, cases));
  const { clock, swaps } = sets.get(key);
  // Some quotes ask the clock themselves: it stands at the moment of the recording.
  Date.now = () => clock.unixTimestamp * 1000;
  return ANSWERS[ask](
    swaps.map((swap) => swap[by]),
    amount,
  );
}

async function recordedSwaps(path, cases) {
  const recorded = readRecorded(path);
  const swapOf = await PROGRAMS[recorded.program](recorded);
  return { clock: recorded.clock, swaps: cases.map((index) => swapOf(recorded.cases[index])) };
}
