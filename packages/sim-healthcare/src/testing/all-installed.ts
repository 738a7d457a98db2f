import { catalogue } from '../plugins/catalogue.js';
import { InstalledPlugins } from '../plugins/installed.js';

/** All plugins that come with fedward but trainers, which nothing needs that only plans. */
export const allInstalled = await InstalledPlugins.load(
  [],
  catalogue.flatMap(({ plugins }) => plugins.filter(({ kind }) => kind !== 'trainer').map(({ name }) => name)),
);
