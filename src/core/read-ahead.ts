/**
 * Iterates over `source` while its next items are already being made, so that a page is fetched while the one before is
 * written. One item at most for which `isHeavy` holds waits in memory; light ones (bookmarks) ride along.
 * An error of the source comes out behind the items before it. Leaving the loop early closes the source.
 */
export async function* readAhead<T>(
  source: AsyncIterable<T>,
  isHeavy: (item: T) => boolean,
): AsyncGenerator<T, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  const ready: T[] = [];
  let heavyWaits = false;
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wake = Promise.withResolvers<void>();
  let room = Promise.withResolvers<void>();
  let left = false;

  const pump = (async () => {
    try {
      while (!left) {
        const next = await iterator.next();
        if (next.done) break;
        ready.push(next.value);
        heavyWaits ||= isHeavy(next.value);
        wake.resolve();
        while (heavyWaits && !left) {
          room = Promise.withResolvers<void>();
          await room.promise;
        }
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wake.resolve();
  })();

  try {
    while (true) {
      const item = ready.shift();
      if (item !== undefined) {
        if (isHeavy(item)) heavyWaits = false;
        room.resolve();
        yield item;
      } else if (ended) {
        if (failure !== undefined) throw failure.error;
        return;
      } else {
        wake = Promise.withResolvers<void>();
        await wake.promise;
      }
    }
  } finally {
    left = true;
    room.resolve();
    // The source may be in the middle of a call: it ends that first, or its signal is aborted.
    await pump;
    await iterator.return?.();
  }
}
