import { COMPUTE_BUDGET_PROGRAM } from '../../programs.js';
import type { PaperProgram } from '../paper-program.js';

/** Its instructions are requests to the runtime, read before anything runs; as a program it does nothing. */
export const computeBudgetProgram: PaperProgram = {
  programId: COMPUTE_BUDGET_PROGRAM,
  computeUnits: 150,
  execute: () => undefined,
};
