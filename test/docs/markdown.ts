// Reads what tests need out of a Markdown file: links, headings, tables and fenced blocks. Not a Markdown parser.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Every document that we write, as a path from the root. */
export function documents(): string[] {
  const folders = ['docs', 'deploy', 'demo'].filter(folder => existsSync(join(root, folder)));
  const inFolders = folders.flatMap(folder =>
    readdirSync(join(root, folder), { encoding: 'utf8', recursive: true }).map(path => join(folder, path)),
  );
  return [...readdirSync(root), ...inFolders].filter(path => path.endsWith('.md')).sort();
}

export function read(document: string): string {
  return readFileSync(join(root, document), 'utf8');
}

export interface Fence {
  /** The words after the backticks, such as `json request:join`. */
  mark: string;
  text: string;
  line: number;
}

export function fences(markdown: string): Fence[] {
  return Array.from(markdown.matchAll(/^```(.*)\n([^]*?)^```$/gm), ({ 1: mark = '', 2: text = '', index }) => ({
    mark: mark.trim(),
    text,
    line: markdown.slice(0, index).split('\n').length,
  }));
}

export function withoutFences(markdown: string): string {
  return markdown.replace(/^```.*\n[^]*?^```$/gm, '');
}

/** Targets of links and pictures. */
export function links(markdown: string): string[] {
  const prose = withoutFences(markdown).replace(/`[^`]*`/g, '');
  return Array.from(prose.matchAll(/\]\(\s*<?([^)\s>]+)|\b(?:src|href)="([^"]+)"/g), match => match[1] ?? match[2]!);
}

/** The names under which GitHub lets one link to the headings. */
export function anchors(markdown: string): string[] {
  const headings = Array.from(withoutFences(markdown).matchAll(/^#+ (.+)$/gm), match => match[1]!);
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

export interface Table {
  header: string[];
  rows: string[][];
}

export function tables(markdown: string): Table[] {
  const blocks = withoutFences(markdown).match(/(?:^\|.*\n?)+/gm) ?? [];
  return blocks.map(block => {
    const [header = [], , ...rows] = block.trim().split('\n').map(cells);
    return { header, rows };
  });
}

/** The one table whose first column has this heading. */
export function table(document: string, firstHeading: string): Table {
  const found = tables(read(document)).filter(({ header }) => header[0]?.toLowerCase() === firstHeading);
  if (found.length !== 1) {
    throw new Error(`${document} needs one table whose first heading is «${firstHeading}», it has ${found.length}`);
  }
  return found[0]!;
}

function cells(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim());
}

/** What stands in backticks: `` `start-audio-off` `start-video-off` `` are two. */
export function codes(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), match => match[1]!);
}
