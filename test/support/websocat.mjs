/** Stands in for `websocat -U [-H header]… url` where that is not installed: prints every frame as a line until the connection ends. */
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { U: { type: 'boolean', short: 'U' }, H: { type: 'string', short: 'H', multiple: true } },
});
const headers = Object.fromEntries((values.H ?? []).map((line) => line.split(/:\s*/, 2)));
const socket = new WebSocket(positionals[0], { headers });
socket.on('message', (data) => console.log(data.toString()));
socket.on('error', (error) => console.error(error.message));
socket.on('close', () => process.exit());
