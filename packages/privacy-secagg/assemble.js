// Compiles assembly/ to build/.
import { assemble } from '../../tools/wasm/assemble.js';

await assemble(new URL('.', import.meta.url), { 'words.wasm': [] });
