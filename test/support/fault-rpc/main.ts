import { FaultServer } from './fault-server.js';
import { type FaultPlan, makeFault } from './faults.js';
import type { FaultRequest, FaultResponse } from './messages.js';

/** The process: `main.ts UPSTREAM_URL`, told over IPC what to play. */
const server = await FaultServer.listen(process.argv[2] ?? '');
const say = (message: FaultResponse) => process.send?.(message);

process.on('message', (request: FaultRequest) => {
  const { played } = server;
  if (request.faults !== undefined) server.play(request.faults.map((plan: FaultPlan) => makeFault(plan)));
  say({ number: request.number, played });
});
process.on('disconnect', () => process.exit(0));
say({ number: 0, played: 0, url: server.url });
