/**
 * Goes on with a value, at once when it is there. On the path of every request an `await` that waits for nothing costs more than most of what
 * stands around it.
 */
export function whenThere<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
