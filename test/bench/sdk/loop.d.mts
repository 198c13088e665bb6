/** The loop of both sides: the engine here, the SDKs in their own process. */
export function warmUp(quotes: readonly (() => unknown)[], ms: number): number;
/** Microseconds of one quote. */
export function timed(quotes: readonly (() => unknown)[], passes: number): number;
