import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { FaultPlan } from './faults.js';
import type { FaultRequest, FaultResponse } from './messages.js';

const SCRIPT = resolve('test/support/fault-rpc/main.ts');
const LOADER = ['--import', '@swc-node/register/esm-register'];

/** An RPC endpoint as a process of its own that stands before an honest one, and has the faults that it is told to have. */
export class FaultRpc {
  private requests = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(upstream: string): Promise<FaultRpc> {
    const child = fork(SCRIPT, [upstream], { execArgv: LOADER });
    const [hello] = (await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([code]) => Promise.reject(new Error(`the faulty endpoint ended with ${code}`))),
    ])) as [FaultResponse];
    return new FaultRpc(child, hello.url ?? '');
  }

  /** From now on it has exactly these faults; the first one is the outermost. */
  async play(...faults: readonly FaultPlan[]): Promise<void> {
    await this.ask({ faults });
  }

  /** How often a fault showed since they were last changed. */
  async played(): Promise<number> {
    return (await this.ask({})).played;
  }

  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  private ask(request: Omit<FaultRequest, 'number'>): Promise<FaultResponse> {
    const number = ++this.requests;
    return new Promise((answered) => {
      const listen = (response: FaultResponse) => {
        if (response.number !== number) return;
        this.child.off('message', listen);
        answered(response);
      };
      this.child.on('message', listen);
      this.child.send({ number, ...request } satisfies FaultRequest);
    });
  }
}
