// docs/tokens.md: its snippets make tokens that the server takes, and its tables are the lists that the server is tested by.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createTokenVerifier } from '../../server/auth.ts';
import { entryCases } from '../../server/testing/entry-cases.ts';
import { testAuthSecret, tokenCases } from '../../server/testing/token-cases.ts';
import { codes, fences, read, root, table } from './markdown.ts';

const document = 'docs/tokens.md';
const verify = createTokenVerifier({
  authSecret: [testAuthSecret],
  authJwksUrl: undefined,
  authIssuer: undefined,
  authAnyRoom: false,
});

/** How a snippet is run, by its language. */
const runners: Record<string, { file: string; command: string[] }> = {
  js: { file: 'token.mjs', command: [process.execPath, '--import', 'tsx'] },
  python: { file: 'token.py', command: ['python3'] },
  php: { file: 'token.php', command: ['php'] },
  go: { file: 'token.go', command: ['go', 'run'] },
};

const isThere = (command: string): boolean => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const snippets = fences(read(document))
  .filter(({ mark }) => mark.endsWith(' token'))
  .map(({ mark, text, line }) => ({ language: mark.split(' ')[0]!, text, line }));

describe(document, () => {
  it('has a snippet for Node, Python, PHP and Go', () => {
    assert.deepEqual([...new Set(snippets.map(({ language }) => language))].sort(), Object.keys(runners).sort());
  });

  for (const { language, text, line } of snippets) {
    const { file, command } = runners[language]!;
    if (!isThere(command[0]!)) continue;
    it(`line ${line}: the ${language} snippet prints a token that the server takes`, async t => {
      const folder = mkdtempSync(join(tmpdir(), 'video-call-token-'));
      t.after(() => rmSync(folder, { recursive: true }));
      const path = join(folder, file);
      const source = pathToFileURL(join(root, 'server/token.ts')).href;
      writeFileSync(path, text.replace("'video-call-kit/token'", `'${source}'`));
      const [program = '', ...flags] = command;
      const token = execFileSync(program, [...flags, path], {
        cwd: root,
        env: { ...process.env, AUTH_SECRET: testAuthSecret },
        encoding: 'utf8',
      }).trim();
      const verdict = await verify(token, 'support', Date.now());
      assert.ok('claims' in verdict, JSON.stringify(verdict));
      const { userId, displayName, role, tokenId } = verdict.claims;
      assert.deepEqual([userId, displayName, role], ['["","ada-7"]', 'Ada', 'member']);
      assert.ok(tokenId !== undefined);
    });
  }

  it('answers to each kind of token as the server does', () => {
    const { rows } = table(document, 'a token');
    assert.deepEqual(
      rows.map(([what, answer = '']) => [what, ...codes(answer)]),
      tokenCases.map(({ what, answer }) => [what, answer]),
    );
  });

  it('answers to each bearer as the server does', () => {
    const { rows } = table(document, 'who');
    assert.deepEqual(
      rows.map(([what, answer = '']) => [what, ...codes(answer)]),
      entryCases.map(({ what, answer }) => [what, answer]),
    );
  });
});
