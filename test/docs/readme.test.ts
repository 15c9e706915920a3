// The tables of README name what exists, all of it and nothing else: attributes, events, settings.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { settings } from '../../server/settings.ts';
import { codes, read, root, table } from './markdown.ts';
import type { Table } from './markdown.ts';

interface Declaration {
  tagName?: string;
  attributes?: { name: string }[];
  events?: { name: string }[];
  cssProperties?: { name: string }[];
}

const report = JSON.parse(read('custom-elements.json')) as { modules: { declarations: Declaration[] }[] };
const element = report.modules.flatMap(module => module.declarations).find(({ tagName }) => tagName === 'video-call')!;

/** The names of the first column; a cell may hold several, and an event its detail in braces. */
const namesIn = ({ rows }: Table): string[] =>
  rows.flatMap(([first = '']) => codes(first).map(code => code.replace(/\{.*/, '').trim())).sort();

const sorted = (named: { name: string }[] = []): string[] => named.map(({ name }) => name).sort();

describe('README', () => {
  it('has a table «attribute» with every attribute of <video-call>', () => {
    assert.deepEqual(namesIn(table('README.md', 'attribute')), sorted(element.attributes));
  });

  it('has a table «custom property» with every custom property of <video-call>', () => {
    assert.deepEqual(namesIn(table('README.md', 'custom property')), sorted(element.cssProperties));
  });

  it('has in <video-call> every custom property that its style sheets read', () => {
    const folder = join(root, 'widget/ui/styles');
    const sheets = readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
    const named = sheets.flatMap(sheet =>
      Array.from(sheet.matchAll(/var\(\s*(--video-call-[\w-]+)/g), match => match[1]!),
    );
    assert.deepEqual([...new Set(named)].sort(), sorted(element.cssProperties));
  });

  it('has a table «event» with every event of <video-call>', () => {
    assert.deepEqual(namesIn(table('README.md', 'event')), sorted(element.events));
  });

  it('has a table «variable» with every setting', () => {
    const variables = Object.values(settings).map(({ variable }) => variable);
    assert.deepEqual(namesIn(table('README.md', 'variable')), variables.sort());
  });

  it('gives each setting the default that the server has, in the second column', () => {
    const { rows } = table('README.md', 'variable');
    for (const { variable, default: value } of Object.values(settings)) {
      if (!value) continue;
      const row = rows.find(([first = '']) => codes(first).includes(variable));
      assert.ok(codes(row?.[1] ?? '').includes(value), `the default of ${variable} is \`${value}\``);
    }
  });
});
