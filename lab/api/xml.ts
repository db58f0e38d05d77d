/** XML as S3 and EC2 answer. */
export type Xml = string | number | boolean | readonly Xml[] | { readonly [name: string]: Xml | undefined };

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

function element(name: string, value: Xml | undefined): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((item: Xml) => element(name, item)).join('');
  return `<${name}>${inner(value)}</${name}>`;
}

function inner(value: Xml): string {
  if (typeof value !== 'object') return escaped(String(value));
  return Object.entries(value)
    .map(([name, child]) => element(name, child))
    .join('');
}

/** A document: a list under a name is that element, as often as the list is long. */
export const xml = (root: string, value: Xml, namespace = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${namespace && ` xmlns="${namespace}"`}>${inner(value)}</${root}>`;
