/** Prints what a test measured, past Jest's own decoration. */
export function report(line: string): void {
  process.stderr.write(`  measured: ${line}\n`);
}
