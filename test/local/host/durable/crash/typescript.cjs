/** Lets a plain Node process run a TypeScript file of this repository, as jest does for the tests. */
const Module = require('node:module');
const { argv } = require('node:process');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { transformFileSync } = require('@swc/core');

const options = { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

Module._extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

Module.enableCompileCache(join(tmpdir(), 'durable-crash-cache'));
require(argv[2]);
