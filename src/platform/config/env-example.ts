import { VARIABLES, type Variable } from './variables.js';

/** The text of `.env.example`: every variable with its meaning, commented out at its default. */
export function envExample(): string {
  const blocks = Object.entries<Variable<unknown>>(VARIABLES).map(([name, { about, secret, defaultText }]) => {
    const file = secret ? ` (or ${name}_FILE)` : '';
    return `# ${about}${file}\n# ${name}=${defaultText ?? ''}\n`;
  });
  return `# Every variable the engine reads, at its default. Checked at start; all faults are listed at once.\n\n${blocks.join('\n')}`;
}
