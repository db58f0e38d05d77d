import { readFileSync } from 'node:fs';

/** The commands of a page of docs/operations, block by block: what an operator would type. */
export function procedure(page: string): string[] {
  const text = readFileSync(new URL(`../../../docs/operations/${page}.md`, import.meta.url), 'utf8');
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(([, block = '']) => block);
}
