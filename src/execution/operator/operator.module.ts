import { type DynamicModule, Module } from '@nestjs/common';
import { AttemptStore } from '../persistence/attempt.store.js';
import { WalletWatchStore } from '../persistence/wallet-watch.store.js';
import { AttemptDecisions } from './attempt-decisions.js';
import { OperatorCommands } from './operator-commands.js';

/** What a person may decide about attempts, transfers and halts. */
@Module({})
export class OperatorModule {
  /** @param orders the process's orders module */
  static over(orders: DynamicModule): DynamicModule {
    return {
      module: OperatorModule,
      imports: [orders],
      providers: [AttemptStore, WalletWatchStore, AttemptDecisions, OperatorCommands],
      exports: [OperatorCommands],
    };
  }
}
