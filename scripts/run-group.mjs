// Runs one group of `npm test` as its npm script, reads how many tests it ran, and ends what it left behind.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { stripVTControlCharacters } from 'node:util';
import { root } from './stale.mjs';

/** The last summary of node:test, which the browser group prints as well: «ℹ tests 12». */
const summaryLine = /^ℹ (tests|pass|fail|cancelled|skipped|todo) (\d+)$/gm;

export async function runGroup({ name, counted = false, environment = {} }, mark) {
  console.log(`\n── ${name} ${'─'.repeat(Math.max(0, 76 - name.length))}`);
  const startedAt = performance.now();
  const { code, output } = await runScript(name, mark, environment);
  const left = endProcessesMarked(mark);
  const seconds = (performance.now() - startedAt) / 1000;

  const { passed, failed } = counted ? readCounts(output) : { passed: code === 0 ? 1 : 0, failed: 0 };
  const remarks = [
    code !== 0 && `exit code ${code}`,
    passed + failed === 0 && code === 0 && 'ran no test',
    left > 0 && `left ${left} processes behind`,
  ].filter(Boolean);
  return {
    name,
    passed,
    failed: remarks.length > 0 ? Math.max(failed, 1) : failed,
    seconds,
    remark: remarks.join(', '),
  };
}

function runScript(name, mark, more) {
  const [variable, value] = mark.split('=');
  const environment = { ...process.env, ...more, [variable]: value, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' };
  const script = spawn('npm', ['run', '--silent', name], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  let output = '';
  script.stdout.setEncoding('utf8').on('data', text => {
    output += text;
    process.stdout.write(text);
  });
  // `exit` and not `close`: a process that a group left behind may hold its output open for ever.
  return new Promise(resolve => script.once('exit', code => setImmediate(() => resolve({ code: code ?? 1, output }))));
}

/** A test that was skipped, left for later or cancelled has not passed. */
function readCounts(output) {
  const counts = Object.fromEntries(
    Array.from(stripVTControlCharacters(output).matchAll(summaryLine), ([, key, value]) => [key, Number(value)]),
  );
  const { tests = 0, pass = 0 } = counts;
  return { passed: pass, failed: tests - pass };
}

/** Ends every process whose environment holds the mark, so only what this run started; says how many there were. */
export function endProcessesMarked(mark) {
  if (process.platform !== 'linux') return 0;
  const marked = readdirSync('/proc').filter(id => /^\d+$/.test(id) && isMarked(id, mark));
  for (const id of marked) {
    try {
      process.kill(Number(id), 'SIGKILL');
    } catch {
      // It has ended by itself in the meantime.
    }
  }
  return marked.length;
}

function isMarked(id, mark) {
  try {
    return readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(mark);
  } catch {
    return false;
  }
}
