/**
 * What `work` resolves to, if it does so within `timeoutMs`; a result that comes later is given to `discard`.
 * @throws Error when time is up, or what `work` throws
 */
export async function within<T>(
  work: Promise<T>,
  timeoutMs: number,
  discard: (late: T) => void = () => undefined,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      work.then(discard, () => undefined);
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
