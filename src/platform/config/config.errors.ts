export interface ConfigFault {
  /** Name of the variable at fault. */
  readonly name: string;
  /** The rule it breaks. Never its value. */
  readonly rule: string;
}

/** Exit code of a process that refuses its configuration (`EX_CONFIG` of sysexits.h). */
export const EXIT_CONFIG = 78;

/** Everything wrong with the environment, all at once, by name and rule. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly ConfigFault[]) {
    super(`configuration refused:\n${faults.map(({ name, rule }) => `  ${name}: ${rule}`).join('\n')}`);
  }
}
