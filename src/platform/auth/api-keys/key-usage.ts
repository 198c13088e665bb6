import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Shutdown } from '../../shutdown/shutdown.js';
import { ApiKeyStore } from '../persistence/api-key.store.js';

/** How exact `last_used_at` is; a write per request would cost more than the request. */
const WRITE_EVERY_MS = 60_000;

/** Notes which keys are used, and writes it down now and then. */
@Injectable()
export class KeyUsage implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Auth');
  private used = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: ApiKeyStore,
    private readonly shutdown: Shutdown,
  ) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.write(), WRITE_EVERY_MS).unref();
    this.shutdown.register({ phase: 'running-jobs', name: 'note the last use of keys', run: () => this.write() });
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  note(id: string): void {
    this.used.add(id);
  }

  /** Never rejects. What can't be written is lost: the next use is noted again. */
  private async write(): Promise<void> {
    if (this.used.size === 0) return;
    const ids = [...this.used];
    this.used = new Set();
    try {
      await this.store.markUsed(ids);
    } catch (error) {
      this.logger.debug({ err: error }, 'the last use of keys could not be noted');
    }
  }
}
