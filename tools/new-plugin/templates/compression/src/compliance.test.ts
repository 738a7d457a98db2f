import { compressionCompliance } from '@fedward/testkit/compression';
import { describe, it } from 'vitest';
import { myPluginCompression } from './my-plugin.js';

compressionCompliance({ create: () => myPluginCompression({ digits: 6 }) }).register({ describe, it });
