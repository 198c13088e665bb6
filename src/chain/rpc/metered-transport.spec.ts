import type { RpcTransport } from '@solana/kit';
import { meteredTransport } from './metered-transport.js';

const payload = { jsonrpc: '2.0', id: '1', method: 'getSlot', params: [] };

function counted(transport: () => Promise<unknown>) {
  const calls: [method: string, outcome: string][] = [];
  const metrics = { rpcCalled: (method: string, outcome: string) => void calls.push([method, outcome]) };
  return { calls, metered: meteredTransport(transport as unknown as RpcTransport, metrics) };
}

describe('meteredTransport', () => {
  it('counts an answer as ok and passes it on', async () => {
    const { calls, metered } = counted(() => Promise.resolve({ jsonrpc: '2.0', id: '1', result: 7 }));
    await expect(metered({ payload })).resolves.toMatchObject({ result: 7 });
    expect(calls).toEqual([['getSlot', 'ok']]);
  });

  it('tells a node that refuses from one that does not answer', async () => {
    const refusing = counted(() => Promise.resolve({ jsonrpc: '2.0', id: '1', error: { code: -32016, message: '' } }));
    await refusing.metered({ payload });
    expect(refusing.calls).toEqual([['getSlot', 'error']]);

    const silent = counted(() => Promise.reject(new Error('time-out')));
    await expect(silent.metered({ payload })).rejects.toThrow('time-out');
    expect(silent.calls).toEqual([['getSlot', 'fault']]);
  });
});
