const STARTUP_HEADER = 4;
const HEADER = 5;

/** A message of PostgreSQL's protocol 3 (its manual, "Message Formats"). */
export interface PgMessage {
  /** Its first byte; empty for what opens a connection, which has none. */
  readonly type: string;
  readonly body: Buffer;
  /** All of it, as it came. */
  readonly bytes: Buffer;
}

/** Cuts one direction of an unencrypted connection into its messages. */
export class PgMessages {
  private rest: Buffer = Buffer.alloc(0);

  /** `opens`: whether it begins with a start-up message, as what clients say does. */
  constructor(private opens: boolean) {}

  /** The messages that end in this chunk. */
  read(chunk: Buffer): PgMessage[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const messages: PgMessage[] = [];
    for (let message = this.next(); message !== null; message = this.next()) messages.push(message);
    return messages;
  }

  private next(): PgMessage | null {
    const header = this.opens ? STARTUP_HEADER : HEADER;
    if (this.rest.length < header) return null;
    // A length counts itself, but not the type.
    const size = this.rest.readInt32BE(header - 4) + header - 4;
    if (this.rest.length < size) return null;
    const bytes = this.rest.subarray(0, size);
    this.rest = this.rest.subarray(size);
    const type = this.opens ? '' : String.fromCharCode(bytes[0]!);
    this.opens = false;
    return { type, body: bytes.subarray(header), bytes };
  }
}

/** A statement with the values that it is run with. */
export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Knows what a client runs, prepared or not. */
export class PgStatements {
  private readonly texts = new Map<string, string>();

  /** What the message makes the server run; null when it makes it run nothing. */
  of({ type, body }: PgMessage): Statement | null {
    if (type === 'Q') return { text: stringAt(body, 0), values: [] };
    if (type === 'P') {
      const name = stringAt(body, 0);
      this.texts.set(name, stringAt(body, size(name)));
    }
    return type === 'B' ? this.bound(body) : null;
  }

  private bound(body: Buffer): Statement {
    const name = stringAt(body, size(stringAt(body, 0)));
    let at = size(stringAt(body, 0)) + size(name);
    at += 2 + 2 * body.readInt16BE(at);
    const values: string[] = [];
    const count = body.readInt16BE(at);
    at += 2;
    for (let i = 0; i < count; i++) {
      // Null has the length -1.
      const length = Math.max(0, body.readInt32BE(at));
      values.push(body.toString('utf8', at + 4, at + 4 + length));
      at += 4 + length;
    }
    return { text: this.texts.get(name) ?? '', values };
  }
}

function stringAt(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from));
}

/** With the zero at its end. */
function size(text: string): number {
  return Buffer.byteLength(text) + 1;
}
