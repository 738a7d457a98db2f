export { dataFiles, loadOwnData, type DataFor, type OwnData } from './own-data.js';
export { splitSecretIn } from './split-secret.js';
export { stampOf } from './stamp.js';
