import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const sizes = {
  'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true, IIFEs: true }],
  'max-params': ['error', 4],
};

const wallClockAndChance = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time comes in as a value: replay must see the same instant.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time comes in as a value: replay must see the same instant.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Chance differs on every replay; derive the value from the input.',
  },
  { selector: ':function[async=true]', message: 'No async here: this code is pure or replayed.' },
  { selector: 'AwaitExpression', message: 'No await here: this code is pure or replayed.' },
];

const durableSteps = [
  {
    selector: 'YieldExpression[delegate=false]',
    message: 'Only `yield*` of a typed step: a bare yield is untyped (see shared/orchestrators/steps.ts).',
  },
  {
    selector:
      "MemberExpression[object.property.name='df'][property.name=/^(callActivity|callActivityWithRetry|callSubOrchestrator|callHttp|createTimer|waitForExternalEvent|Task)$/]",
    message: 'Durable tasks are made in steps.ts only.',
  },
  {
    selector: 'ExpressionStatement > CallExpression[callee.name=/^(run|runAll|sleepUntil|eventBefore)$/]',
    message: 'A step without `yield*` does nothing, silently.',
  },
];

const unreplayable = ['process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance', 'crypto'];

export default tseslint.config(
  { ignores: ['dist/', 'dist-package/', '.local/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...sizes,
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['functions/**/*.ts', 'shared/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }] },
  },
  {
    files: ['shared/domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...wallClockAndChance],
      'no-restricted-globals': ['error', ...unreplayable],
    },
  },
  {
    files: ['shared/orchestrators/**/*.ts'],
    ignores: ['shared/orchestrators/steps.ts'],
    rules: {
      'max-lines': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...wallClockAndChance, ...durableSteps],
      'no-restricted-globals': ['error', ...unreplayable],
    },
  },
  {
    // What durable-functions passes back into a yield is any; only this file may touch it.
    files: ['shared/orchestrators/steps.ts'],
    rules: { '@typescript-eslint/no-unsafe-return': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  {
    files: ['cli/**/*.ts', 'bench/**/*.ts', 'local/main.ts', 'local/host/main.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
);
