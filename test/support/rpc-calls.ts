const CALLS = /^oee_rpc_call_duration_seconds_count\{method="([^"]+)",outcome="[^"]+"\} (\d+)$/gm;

/** How many RPC calls an engine has made so far, by method, as its metrics tell. */
export async function rpcCalls(engineUrl: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${engineUrl}/metrics`)).text();
  const calls = new Map<string, number>();
  for (const [, method = '', count] of text.matchAll(CALLS)) {
    calls.set(method, (calls.get(method) ?? 0) + Number(count));
  }
  return calls;
}
