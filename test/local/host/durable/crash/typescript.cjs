/** Lets a plain Node process run a TypeScript file of this repository, as jest does for the tests. */
const Module = require('node:module');
const { argv } = require('node:process');
const { transformFileSync } = require('@swc/core');

const options = { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };

Module._extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

require(argv[2]);
