/** Text that is nothing but itself in GitHub's Markdown: no mark-up, no mention of people, no link to issues, one line. */
export const plainMarkdown = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[&<>"'`*_{}[\]()#+!|\\~@:/$-]/g, (mark) => `&#${mark.codePointAt(0)};`);

/** Lines as a block of code, whose fence is longer than any in it. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${lines.join('\n')}\n${fence}\n`;
}

export const octetsOf = (text: string): number => Buffer.byteLength(text);

/** The first lines, as many as have room together with their line breaks. */
export function linesWithin(lines: readonly string[], octets: number): readonly string[] {
  let left = octets;
  const end = lines.findIndex((line) => {
    left -= octetsOf(line) + 1;
    return left < 0;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
