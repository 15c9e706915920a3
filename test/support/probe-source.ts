// The text of probe.ts as one plain script, ready for `evaluateOnNewDocument` in any browser.
import { buildSync } from 'esbuild';

const built = buildSync({
  entryPoints: [`${import.meta.dirname}/probe.ts`],
  bundle: true,
  format: 'iife',
  target: 'es2022',
  write: false,
});

export const probeSource = `${built.outputFiles[0]!.text}\n//# sourceURL=probe.js\n`;
