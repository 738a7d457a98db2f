// Compiles assembly/ to build/: once for every runtime that fedward supports, once for those with relaxed SIMD
// (Node 22 and later), where a multiply-add is one instruction.
import { assemble } from '../../tools/wasm/assemble.js';

await assemble(new URL('.', import.meta.url), {
  'trainer-simd.wasm': [],
  'trainer-relaxed-simd.wasm': ['--enable', 'relaxed-simd'],
});
