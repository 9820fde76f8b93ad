declare module 'seedrandom/lib/alea.js' {
  /** A stream of numbers from 0 (included) to 1 (not included). */
  export default function alea(seed: string): () => number;
}
