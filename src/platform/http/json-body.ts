import type { FastifyInstance } from 'fastify';
import { EngineError } from '../../kernel/errors.js';
import { fieldFault, fieldFaults } from './field-fault.js';

/** Largest request body in bytes. */
export const MAX_BODY_BYTES = 16 * 1024;

const MOST_SIGNIFICANT_DIGITS = 15;
/**
 * Names that every object answers to already (`__proto__`, `constructor`, `toString`, …): careless copying reaches the prototype through
 * them. No request has a member of such a name.
 */
export const POISONOUS_NAMES: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
]);

/** Makes JSON objects the only bodies that the server reads. */
export function acceptOnlyJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if ((request.headers['content-encoding'] ?? 'identity') !== 'identity')
        throw new EngineError('unsupported-media-type', 'the body must come as it is, without content-encoding');
      // Clients that always send the content type send no body with a DELETE.
      done(null, body.length === 0 && request.method !== 'POST' ? undefined : parseJsonObject(body));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** The JSON object that `bytes` hold, as written. Throws `validation-failed`. */
export function parseJsonObject(bytes: Uint8Array): object {
  if (bytes.length === 0) throw bodyFault('must not be empty');
  const text = decodeUtf8(bytes);
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bodyFault('must be a JSON object');
  checkNumbers(text);
  return value;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw bodyFault('must be UTF-8');
  }
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bodyFault('must be valid JSON');
  }
  const poison = [...new Set(membersOf(value).filter((name) => POISONOUS_NAMES.has(name)))];
  if (poison.length > 0) throw fieldFaults(poison.map((field) => ({ field, message: 'is not known' })));
  return value;
}

/** Names of all members, at any depth. */
function membersOf(value: unknown): string[] {
  const names: string[] = [];
  const left = [value];
  for (const each of left) {
    if (typeof each !== 'object' || each === null) continue;
    if (!Array.isArray(each)) names.push(...Object.keys(each));
    left.push(...(Object.values(each) as unknown[]));
  }
  return names;
}

/** In valid JSON: a string followed by a colon and a number, another string, or a number elsewhere. */
const NUMBERS = /"((?:[^"\\]|\\.)*)"\s*:\s*(-?[0-9][0-9.eE+-]*)|"(?:[^"\\]|\\.)*"|(-?[0-9][0-9.eE+-]*)/g;

/** Parsing loses how a number was written, so its text is checked here: what a double can't hold exactly never gets further. */
function checkNumbers(text: string): void {
  for (const [, name, ofMember, elsewhere] of text.matchAll(NUMBERS)) {
    const literal = ofMember ?? elsewhere;
    if (literal === undefined) continue;
    if (/[eE]/.test(literal)) throw fieldFault(name?.slice(0, 100) ?? 'body', 'must be a number without an exponent');
    if (significantDigits(literal) > MOST_SIGNIFICANT_DIGITS) {
      throw fieldFault(
        name?.slice(0, 100) ?? 'body',
        `must have at most ${MOST_SIGNIFICANT_DIGITS} significant digits as a JSON number; use a string`,
      );
    }
  }
}

function significantDigits(literal: string): number {
  const digits = literal.replace(/[-.]/g, '').replace(/^0+/, '');
  // The zeros at the end of a whole number only say how large it is.
  return (literal.includes('.') ? digits : digits.replace(/0+$/, '')).length;
}

function bodyFault(message: string): EngineError {
  return fieldFault('body', message);
}
