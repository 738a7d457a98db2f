export { configName, siteFiles, type SiteFiles } from './files.js';
export { usualPolicy } from './policy.js';
export { readPolicy, readSiteConfig } from './read.js';
export { parseSiteConfig, type SiteConfig, type SiteConfigInput, type SiteDataConfig } from './schema.js';
export { siteConfigText, writeSiteConfig, type KnownOfSite } from './write.js';
