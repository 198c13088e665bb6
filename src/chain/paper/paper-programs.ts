import type { Address } from '../../kernel/address.js';
import { TOKEN_2022_PROGRAM, TOKEN_PROGRAM } from '../../kernel/tokens/listed-tokens.js';
import { MEMO_PROGRAM, MEMO_PROGRAM_V1 } from '../programs.js';
import type { PaperProgram } from './paper-program.js';
import { associatedTokenProgram } from './programs/associated-token.js';
import { computeBudgetProgram } from './programs/compute-budget.js';
import { memoProgram } from './programs/memo.js';
import { systemProgram } from './programs/system.js';
import { tokenProgram } from './programs/token/token-program.js';

/** The programs of the paper chain: Solana's own from the start, and those that venues register. */
export class PaperPrograms {
  private readonly programs = new Map<Address, PaperProgram>();

  constructor() {
    this.register(systemProgram);
    this.register(computeBudgetProgram);
    this.register(associatedTokenProgram);
    this.register(tokenProgram(TOKEN_PROGRAM));
    this.register(tokenProgram(TOKEN_2022_PROGRAM));
    this.register(memoProgram(MEMO_PROGRAM));
    this.register(memoProgram(MEMO_PROGRAM_V1));
  }

  /** Adds a program. Registering another one under the same address is a mistake and throws `RangeError`. */
  register(program: PaperProgram): void {
    const known = this.programs.get(program.programId);
    if (known !== undefined && known !== program)
      throw new RangeError(`program ${program.programId} is registered twice`);
    this.programs.set(program.programId, program);
  }

  find(programId: Address): PaperProgram | undefined {
    return this.programs.get(programId);
  }
}
