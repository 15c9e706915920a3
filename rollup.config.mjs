// Bundles the elements for a page that has no bundler: what the server serves as /video-call.js and its chunks.
import { writeFileSync } from 'node:fs';
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
 * esbuild knows the CSS of today; the minifier that the plugin brings stops at nesting and `light-dark()`.
 * It would not understand the expressions and escapes of a template, so a sheet that has any stays as it is.
 */
function minifyCss(css) {
  if (css.includes('@TEMPLATE_EXPRESSION') || css.includes('\\')) return css;
  const { code, warnings } = transformSync(css, { loader: 'css', minify: true, charset: 'utf8' });
  if (warnings.length > 0) throw new Error(`CSS: ${warnings[0].text} in «${warnings[0].location?.lineText}»`);
  return code.trim();
}

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

/** We speak WebSocket only, so long-polling, WebTransport and the page listener that comes with them stay out. */
function webSocketOnly() {
  const index = resolve('node_modules/engine.io-client/build/esm/transports/index.js');
  return {
    name: 'web-socket-only',
    load(id) {
      if (id === index) return `import { WS } from './websocket.js'; export const transports = { websocket: WS };`;
    },
    buildEnd() {
      if (!this.getModuleInfo(index)) this.error('engine.io-client keeps its transports elsewhere now.');
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
    webSocketOnly(),
    compile,
    minifyTemplates,
    terser({ ecma: 2022, module: true, compress: { passes: 2 }, format: { comments: /^!/ } }),
    thirdPartyLicenses(licensesFile),
    precompress(),
    budget(),
  ],
  // What webSocketOnly() cut off has an effect when it is loaded, but engine.io-client says nothing about it.
  treeshake: { moduleSideEffects: id => !id.includes('/engine.io-client/') },
  onwarn(warning) {
    throw new Error(warning.message);
  },
};
