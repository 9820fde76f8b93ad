/** Sets a property, and returns what restores it: the own property that was there, or none. */
export function override<Owner extends object>(owner: Owner, key: keyof Owner, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, key);
  Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: true });
  return () => {
    if (before) Object.defineProperty(owner, key, before);
    else delete owner[key];
  };
}
