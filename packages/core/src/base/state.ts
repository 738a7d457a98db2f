/**
 * State is data: what an aggregator, a client or a run keeps between rounds, and what mechanisms say to each other, is
 * made of these alone, so that it can be written down and read back.
 */
export type State =
  | null
  | boolean
  | number
  | string
  | Float32Array
  | Float64Array
  | Uint32Array
  | Uint8Array
  | readonly State[]
  | { readonly [key: string]: State };
