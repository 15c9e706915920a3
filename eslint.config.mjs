// Lint rules. The import rules of ARCHITECTURE.md live here, so that a wrong arrow fails the build.
import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import { configs as lit } from 'eslint-plugin-lit';
import { configs as wc } from 'eslint-plugin-wc';
import ts from 'typescript-eslint';

/** One row: the files of `target` may not import the files of `from` (save `except`). */
const forbid = (target, from, message, except) => ({ target, from, message, ...(except && { except }) });

const zones = [
  forbid('./turn/wire', ['./turn/core', './turn/node'], 'wire knows bytes only: it imports neither core nor node.'),
  forbid('./turn/core', './turn/node', 'core decides, node does: core never imports node.'),
  forbid('./turn', ['./server', './widget', './protocol'], 'turn is usable alone.'),
  forbid('./server', './turn', 'the server uses the relay through turn/index.ts.', [
    './index.ts',
    // For tests, which need a client of the relay and its threads.
    './testing/threads.ts',
    './testing/udp-turn-client.ts',
  ]),
  forbid('./server', './widget', 'the server serves the built widget, it never imports it.'),
  forbid(
    './widget',
    ['./server', './turn', './protocol/schemas.ts'],
    'no server code and no schema library in the browser.',
  ),
  forbid('./protocol', ['./server', './turn', './widget'], 'the contract imports neither side.'),
  forbid(
    './widget/session',
    ['./widget/call', './widget/ui', './widget/locales', './widget/video-call.ts'],
    'the session knows no call and no interface.',
  ),
  forbid(
    './widget/call',
    ['./widget/ui', './widget/locales', './widget/video-call.ts'],
    'the engine knows no interface.',
  ),
  forbid('./widget/ui', './widget/video-call.ts', 'ui gets state and sends requests.'),
  forbid('./demo', ['./widget', './server', './turn', './protocol'], 'the demo loads built files, like any site.'),
];

const sockets = ['node:dgram', 'node:net', 'node:tls', 'dgram', 'net', 'tls'];
const noClock = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map(name => ({
    name,
    message: 'The clock is an argument here.',
  })),
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', '.cache/', 'coverage/'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List the exported names: `export *` hides the contract.' },
        {
          selector: 'ImportDeclaration[source.value=/^\\.\\u002F(index)\\.ts$/]',
          message: "No file imports its own folder's index.",
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['turn/wire/**', 'turn/core/**'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [...sockets, 'node:timers'].map(name => ({
            name,
            message: 'No socket and no timer in wire and core.',
          })),
        },
      ],
      'no-restricted-globals': ['error', ...noClock],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The clock is an argument here.' },
      ],
    },
  },
  {
    files: ['widget/session/**', 'widget/call/**'],
    ignores: ['**/*.test.ts', '**/*.browser.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['lit', 'lit/*', '@lit/*'], message: 'Session and engine know no interface.' }] },
      ],
    },
  },
  {
    files: ['widget/**'],
    ignores: ['widget/session/**', '**/*.test.ts', '**/*.browser.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'socket.io-client', message: 'Only widget/session speaks to the server.' }] },
      ],
    },
  },
  {
    files: ['widget/ui/**'],
    ignores: ['**/*.test.ts', '**/*.browser.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'socket.io-client', message: 'Only widget/session speaks to the server.' }],
          patterns: [
            {
              group: ['**/call/*', '**/session/*'],
              allowTypeImports: true,
              message: 'ui imports only types of the engine.',
            },
          ],
        },
      ],
    },
  },
  { files: ['widget/**'], extends: [lit['flat/recommended'], wc['flat/recommended']] },
  {
    // chai's assertions are expressions, and some of them look like promises.
    files: ['**/*.browser.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['test/**', '**/*.test.ts', 'bench/**', 'scripts/**', 'server/main.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    files: ['*.mjs', '**/*.mjs', '**/*.js'],
    extends: [ts.configs.disableTypeChecked],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: { 'import-x/no-default-export': 'off', 'no-console': 'off' },
  },
  {
    files: ['demo/**/*.js'],
    languageOptions: {
      globals: {
        document: 'readonly',
        location: 'readonly',
        navigator: 'readonly',
        crypto: 'readonly',
        history: 'readonly',
        window: 'readonly',
        customElements: 'readonly',
        btoa: 'readonly',
      },
    },
  },
);
