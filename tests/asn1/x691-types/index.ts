import type { Schema } from '../../../runtime/asn1/index.ts';
import { NUMBERS } from './numbers.ts';
import { STRINGS } from './strings.ts';
import { STRUCTURES } from './structures.ts';

/** The types of tests/fixtures/vectors/x691.json as schemas, under the ASN.1 notation that the file names them by. */
export const X691_TYPES: ReadonlyMap<string, Schema<unknown>> = new Map([...NUMBERS, ...STRINGS, ...STRUCTURES]);
