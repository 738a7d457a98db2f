#!/usr/bin/env node
import module from 'node:module';

// Keeps compiled code between runs, where Node can (22.1 and later); NODE_DISABLE_COMPILE_CACHE=1 says no.
module.enableCompileCache?.();
await import('../dist/cli.js');
