/** Keeps compiled code between starts; imported before everything else, so that everything else profits. */

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const { LOCAL_HOST_COMPILE_CACHE, LOCAL_HOST_STATE = '.' } = process.env;

enableCompileCache(LOCAL_HOST_COMPILE_CACHE ?? join(LOCAL_HOST_STATE, '..', 'compile-cache'));
