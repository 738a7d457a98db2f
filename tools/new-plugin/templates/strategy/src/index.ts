export { myPluginAggregator, type MyPluginOptions } from './my-plugin.js';
export { myPluginSite } from './site.js';
export { plugins } from './plugins.js';
