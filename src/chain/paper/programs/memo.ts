import type { Address } from '../../../kernel/address.js';
import type { PaperProgram } from '../paper-program.js';
import { named, signerAt } from './program-error.js';

/** Logs a text that is valid UTF-8; every account given must sign. */
export function memoProgram(programId: Address): PaperProgram {
  return {
    programId,
    computeUnits: 12_000,
    execute(context) {
      context.accounts.forEach((_, index) => signerAt(context, index));
      const text = decodeUtf8(context.data);
      context.log(`Memo (len ${context.data.length}): ${JSON.stringify(text)}`);
    },
  };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw named('InvalidInstructionData');
  }
}
