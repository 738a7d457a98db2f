export type { ScaffoldOptions } from './options.js';
export { plugins } from './plugins.js';
export { scaffold, type ScaffoldState } from './scaffold.js';
export { scaffoldSite } from './site.js';
