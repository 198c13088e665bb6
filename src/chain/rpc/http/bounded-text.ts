import { TransportFault } from './transport-fault.js';

/** Reads a body as UTF-8 and gives up, and lets go of the connection, as soon as it is larger than `maxBytes`. */
export async function readBoundedText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early destroys the body, hence the connection.
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new TransportFault('too-large', `an answer of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
