import { Document, isAlias, isCollection, isMap, isScalar, isSeq, visit, type YAMLMap } from 'yaml';

/** A mapping longer than this is spread over lines, in characters of JSON. */
const LONGEST_MAPPING = 160;

/**
 * YAML in few octets, for files inside user data: lists of single values and short mappings stand on one line each, and
 * what occurs more than once is written once.
 */
export function denseYaml(value: unknown): string {
  const document = new Document(value, { merge: true });
  visit(document, {
    Scalar: (_, node) => {
      // YAML 1.1 reads 472:0 as a number to the base of 60.
      if (typeof node.value === 'string' && /^\d+:\d+$/.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Collection: (key, node) => {
      // The values of anchors keep their own lines; the outermost mapping too.
      if (key === null || (node.anchor !== undefined && isMap(node))) return;
      node.flow = isSeq(node) ? node.items.every(isScalar) : isMap(node) && isShort(node);
    },
  });
  return document.toString({ lineWidth: 0, indentSeq: false, flowCollectionPadding: false });
}

/** Holds a mapping only single values and lists of them, in few characters? */
const isShort = (node: YAMLMap): boolean =>
  node.items.every(
    ({ value }) => isScalar(value) || isAlias(value) || (isCollection(value) && value.items.every(isScalar)),
  ) && JSON.stringify(node).length <= LONGEST_MAPPING;
