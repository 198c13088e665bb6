import { parseClientMessage, parseSince } from './gateway.messages.js';

describe('parseClientMessage', () => {
  it('reads ping and resume, and ignores members that it does not know', () => {
    expect(parseClientMessage('{"type":"ping","id":7}')).toEqual({ ok: true, message: { type: 'ping' } });
    expect(parseClientMessage('{"type":"resume","since":0}')).toEqual({
      ok: true,
      message: { type: 'resume', since: 0n },
    });
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"ping"',
    '{}',
    '{"type":"PING"}',
    '{"type":"resume"}',
    '{"type":"resume","since":"1"}',
    '{"type":"resume","since":-1}',
    '{"type":"resume","since":1.5}',
    '{"type":"resume","since":1e300}',
  ])('refuses %s and says why', (text) => {
    expect(parseClientMessage(text)).toEqual({ ok: false, reason: expect.any(String) });
  });
});

describe('parseSince', () => {
  it('reads whole numbers only', () => {
    expect(parseSince('41')).toBe(41n);
    for (const text of ['', '-1', '1.0', '1e3', ' 1', '1,2', '0x1', '9'.repeat(400)])
      expect(parseSince(text)).toBeNull();
  });

  // 2^53 - 1, beyond which JSON numbers are not exact.
  it.each([
    ['0', true],
    ['1', true],
    ['999999999999999', true],
    ['1000000000000000', true],
    ['9007199254740990', true],
    ['9007199254740991', true],
    ['9007199254740992', false],
    ['9007199254740993', false],
  ])('and resume take %s alike', (text, isTaken) => {
    const message = parseClientMessage(`{"type":"resume","since":${text}}`);
    expect(parseSince(text)).toBe(isTaken ? BigInt(text) : null);
    expect(message).toMatchObject(isTaken ? { message: { since: BigInt(text) } } : { ok: false });
  });
});
