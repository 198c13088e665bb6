/**
 * Stands in for `websocat -U [-H=header]… url` where that is not installed: prints every frame as a line until the connection ends. It
 * takes its options as websocat's reference (`websocat --help=long`) has them: after `-H` without `=` everything up to the next option is
 * a header, the URL too.
 */
import { WebSocket } from 'ws';

const rest = process.argv.slice(2);
const lines = [];
const addresses = [];
let reads = false;
while (rest.length > 0) {
  const argument = rest.shift();
  if (argument === '-U') reads = true;
  else if (argument.startsWith('-H=')) lines.push(argument.slice('-H='.length));
  else if (argument === '-H') while (rest.length > 0 && !rest[0].startsWith('-')) lines.push(rest.shift());
  else addresses.push(argument);
}
if (!reads || addresses.length !== 1 || !/^wss?:/.test(addresses[0])) {
  console.error(`websocat: not a way to read one WebSocket: ${addresses.join(' ')}`);
  process.exit(1);
}
const headers = Object.fromEntries(lines.map((line) => /^([^:]+): ?(.*)$/.exec(line).slice(1)));
const socket = new WebSocket(addresses[0], { headers });
socket.on('message', (data) => console.log(data.toString()));
socket.on('error', (error) => console.error(error.message));
socket.on('close', () => process.exit());
