// Nothing that a document points at is missing: files, headings, pictures, npm scripts.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';
import { anchors, documents, links, read, root } from './markdown.ts';

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

for (const document of documents()) {
  describe(document, () => {
    const markdown = read(document);

    it('links to files and headings that exist', () => {
      const relatives = links(markdown).filter(link => !/^[a-z]+:/i.test(link));
      assert.deepEqual(
        relatives.filter(link => !leadsSomewhere(document, link)),
        [],
      );
    });

    it('names npm scripts that exist', () => {
      const named = Array.from(
        markdown.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g),
        match => match[1] ?? match[2]!,
      );
      assert.deepEqual(
        named.filter(name => !(name in scripts)),
        [],
      );
    });
  });
}

function leadsSomewhere(document: string, link: string): boolean {
  const [path = '', anchor] = decodeURI(link).split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchors(read(target)).includes(anchor);
}
