export { myPluginCompression, type MyPluginOptions } from './my-plugin.js';
export { plugins } from './plugins.js';
