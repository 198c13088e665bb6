import { performance } from 'node:perf_hooks';

/** Runs all quotes in turn for at least `ms`, and answers how many times. */
export function warmUp(quotes, ms) {
  const end = performance.now() + ms;
  let passes = 0;
  do {
    for (const quote of quotes) quote();
    passes++;
  } while (performance.now() < end);
  return passes;
}

/** Microseconds of one quote: all of them in turn, so many times over. */
export function timed(quotes, passes) {
  const start = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass++) for (const quote of quotes) quote();
  return Number(process.hrtime.bigint() - start) / (passes * quotes.length) / 1000;
}
