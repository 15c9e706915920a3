// Bundles the elements for a page that has no bundler: what the server serves as /video-call.js and its chunks.
import { realpathSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { transformSync } from 'esbuild';
import esbuild from 'rollup-plugin-esbuild';
import { minifyTemplateLiterals } from 'rollup-plugin-minify-template-literals';
import { firstLoadBudgetBytes, manifestFile, measureWidget } from './bench/size.mjs';
import { thirdPartyLicenses } from './scripts/third-party-licenses.mjs';

const licensesFile = 'licenses.txt';

/**
 * esbuild knows the CSS of today; the minifier that the plugin brings stops at nesting and `light-dark()`. A sheet with
 * the expressions of a template would be Greek to it: there only the space around blocks, declarations and products goes.
 */
function minifyCss(css) {
  if (css.includes('\\')) return css;
  if (css.includes(expressionMark))
    return css.replace(/\s+/g, ' ').replace(/ ?(?:[{}*]|(?<!\(\));) ?|: /g, each => each.trim());
  const { code, warnings } = transformSync(css, { loader: 'css', minify: true, charset: 'utf8' });
  if (warnings.length > 0) throw new Error(`CSS: ${warnings[0].text} in «${warnings[0].location?.lineText}»`);
  return code.trim();
}

/** What stands for an expression while a template is minified; it ends in `();`, and that semicolon is no declaration's. */
const expressionMark = '@TEMPLATE_EXPRESSION';

/**
 * Whitespace shrinks to one space and never to none, so that text and inline elements keep their distance. Slashes stay:
 * in a template of SVG, `<rect><path>` would put the path into the rectangle.
 */
const minifyTemplates = minifyTemplateLiterals({
  failOnError: true,
  include: 'widget/**',
  options: {
    minifyOptions: {
      minifyCSS: minifyCss,
      minifyJS: false,
      conservativeCollapse: true,
      keepClosingSlash: true,
      decodeEntities: false,
      processConditionalComments: false,
      removeEmptyAttributes: false,
    },
  },
});

/** Compiles only: its own resolver would come before nodeResolve and pass over the `browser` maps of packages. */
const compile = { ...esbuild({ target: 'es2022', tsconfig: 'tsconfig.json', charset: 'utf8' }), resolveId: undefined };

/**
 * What of Socket.IO no call of ours can reach, and what stands in its place: we speak WebSocket only, so long-polling,
 * WebTransport and the page listener that comes with them stay out, and we send JSON only, so attachments do. A server
 * that sent one all the same would end that connection with a parse error, as any other nonsense does.
 */
const unreachable = new Map(
  Object.entries({
    'engine.io-client/build/esm/transports/index.js': `
      import { WS } from './websocket.js';
      export const transports = { websocket: WS };`,
    // Every browser that can make a call has this parser of its own; it keeps the brackets of an IPv6 address.
    'engine.io-client/build/esm/contrib/parseuri.js': `
      export const parse = uri => {
        const { protocol, hostname, port } = new URL(uri);
        return { source: uri, protocol: protocol.slice(0, -1), host: hostname.replace(/[\\[\\]]/g, ''), port };
      };`,
    'engine.io-parser/build/esm/contrib/base64-arraybuffer.js': 'export const decode = () => new ArrayBuffer(0);',
    // `io()`, which shares connections: each call has its own.
    'socket.io-client/build/esm/index.js': `export { Manager } from './manager.js';`,
    'socket.io-parser/build/esm/is-binary.js': `
      export const isBinary = () => false;
      export const hasBinary = () => false;`,
    'socket.io-parser/build/esm/binary.js': `
      export const deconstructPacket = packet => ({ packet, buffers: [] });
      export const reconstructPacket = packet => packet;`,
  }).map(([file, code]) => [realpathSync(resolve('node_modules', file)), code]),
);

/** Socket.IO explains to programmers what nobody who calls can read; there is an error all the same. */
function fewerWords() {
  const words = /(?<=new Error\(")It seems you are trying to reach a Socket\.IO server in v2[^"]+/;
  return {
    name: 'fewer-words',
    transform(code, id) {
      if (!id.endsWith('/socket.io-client/build/esm/socket.js')) return null;
      if (!words.test(code)) this.error('What Socket.IO says of v2 is no longer there to be left out');
      return { code: code.replace(words, 'v2'), map: null };
    },
  };
}

/** Methods that nothing of ours calls: other transports are not tried, and we use neither retries nor catch-all listeners. */
const uncalled = new Map(
  Object.entries({
    'engine.io-client/build/esm/socket.js': ['_probe'],
    'socket.io-client/build/esm/socket.js': [
      '_addToQueue',
      'compress',
      'timeout',
      ...['onAny', 'prependAny', 'offAny', 'listenersAny'].flatMap(name => [name, `${name}Outgoing`]),
    ],
  }).map(([file, names]) => [realpathSync(resolve('node_modules', file)), names]),
);

/** How Socket.IO names what is private to it. Nobody else here does: ours are `#names`, and Lit's begin with `_$` or `__`. */
const privateOfSocketIo = /^_[a-z]/;
function textOverWebSocketOnly() {
  return {
    name: 'text-over-web-socket-only',
    load: id => unreachable.get(id),
    transform(code, id) {
      let rest = code;
      for (const name of uncalled.get(id) ?? []) {
        const method = new RegExp(`^ {4}${name}\\(\\w*\\) \\{\\n[^]*?^ {4}\\}\\n`, 'm');
        if (!method.test(rest)) this.error(`No longer there to be left out: ${name} of ${id}`);
        rest = rest.replace(method, '');
      }
      return rest === code ? undefined : { code: rest, map: null };
    },
    buildEnd() {
      for (const id of unreachable.keys()) {
        if (!this.getModuleInfo(id)) this.error(`No longer there to be left out: ${id}`);
      }
    },
  };
}

/** Lays a `.br` and a `.gz` beside each script, for the server to send as they are. */
function precompress() {
  return {
    name: 'precompress',
    writeBundle({ dir }, bundle) {
      for (const { fileName, code } of Object.values(bundle)) {
        if (code === undefined) continue;
        writeFileSync(join(dir, `${fileName}.br`), brotliCompressSync(code));
        writeFileSync(join(dir, `${fileName}.gz`), gzipSync(code, { level: 9 }));
      }
    },
  };
}

/** Writes which chunk imports which, then holds the first load of a call to its budget. */
function budget() {
  return {
    name: 'budget',
    writeBundle({ dir }, bundle) {
      const chunks = Object.values(bundle).filter(file => file.type === 'chunk');
      const entries = chunks.map(({ fileName, facadeModuleId, imports, dynamicImports }) => {
        const module = facadeModuleId && relative(import.meta.dirname, facadeModuleId);
        return [fileName, { module: module ?? '', imports, dynamicImports }];
      });
      writeFileSync(join(dir, manifestFile), JSON.stringify(Object.fromEntries(entries), null, 2));

      const { gzip } = measureWidget(dir).firstLoad;
      const sentence = `The first load of a call is ${gzip} bytes gzip, its budget is ${firstLoadBudgetBytes}.`;
      if (gzip <= firstLoadBudgetBytes) console.log(sentence);
      else if (this.meta.watchMode) this.warn(sentence);
      else this.error(sentence);
    },
  };
}

export default {
  input: { 'video-call': 'widget/served.ts' },
  output: {
    dir: 'dist/widget',
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: true,
    banner: `/*! video-call-kit, MIT. Licenses of what it contains: ${licensesFile} */`,
  },
  plugins: [
    nodeResolve({ browser: true, exportConditions: ['production'] }),
    textOverWebSocketOnly(),
    fewerWords(),
    compile,
    minifyTemplates,
    terser({
      ecma: 2022,
      module: true,
      // No getter in it does anything but answer.
      compress: { passes: 2, pure_getters: true },
      mangle: { properties: { regex: privateOfSocketIo, keep_quoted: true } },
      format: { comments: /^!/ },
    }),
    thirdPartyLicenses(licensesFile),
    precompress(),
    budget(),
  ],
  // What textOverWebSocketOnly() cut off has an effect when it is loaded, but engine.io-client says nothing about it.
  treeshake: { moduleSideEffects: id => !id.includes('/engine.io-client/') },
  onwarn(warning) {
    throw new Error(warning.message);
  },
};
