export { decodeBundle, encodeBundle, type ModelBundle } from './bundle.js';
export { manifestSchema, parseManifest, preprocessingFor, type BundleManifest } from './manifest.js';
