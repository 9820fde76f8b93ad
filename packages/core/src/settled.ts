/**
 * Waits for all of some promises, also where one fails: what they use may be taken away only then.
 *
 * @throws the error of the first in order that failed
 */
export async function settled<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}
