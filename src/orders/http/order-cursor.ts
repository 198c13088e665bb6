import { asOrderId } from '../../kernel/ids.js';
import { fieldFault } from '../../platform/http/field-fault.js';
import type { OrderCursor } from '../persistence/order-list.js';

const CURSOR = /^(\d{1,15})\.(.+)$/;

/** The list's position after an order, opaque to clients. */
export function encodeCursor({ createdAt, orderId }: OrderCursor): string {
  return Buffer.from(`${createdAt.getTime()}.${orderId}`).toString('base64url');
}

/** Throws `validation-failed` on anything that `encodeCursor` did not write. */
export function decodeCursor(cursor: string): OrderCursor {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const orderId = asOrderId(match?.[2] ?? '');
  if (match === null || orderId === null) throw invalid();
  const position = { createdAt: new Date(Number(match[1])), orderId };
  if (encodeCursor(position) !== cursor) throw invalid();
  return position;
}

function invalid() {
  return fieldFault('cursor', 'must be a nextCursor of an earlier answer');
}
