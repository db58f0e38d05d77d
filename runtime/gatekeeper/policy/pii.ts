import type {
  AdmissionRequest,
  AliasAddress,
  EnumeratedParameter,
  FeatureSet,
  GenericData,
  NonStandardParameter,
} from '../../h225/index.ts';
import type { Gate } from './facts.ts';

/** The kind of personal data found; never the data. */
export type PersonalData = 'e-mail address' | 'telephone number' | 'subscriber identity';

/*
 * Every repetition is bounded or cannot begin again inside itself, so a search takes time in proportion to the text,
 * which is a datagram at most.
 */
const EMAIL = /[\w.+-]@[\w-]{1,63}(?:\.[\w-]{1,63})+/;
const TELEPHONE = /(?:^|[^\w.])(?:\+|00|tel:)\d(?:[ ()./-]{0,2}\d){6,14}(?!\w)/;
/** A whole text of seven digits or more, grouped or not. Dots would make it an IP address or a version. */
const DIGITS = /^[ ()/-]*(?:\d[ ()/-]*){7,}$/;

/** Terminals are addressed by role (`if://guardian/technical`), so a person's address or number has no place. */
function inText(text: string): PersonalData | undefined {
  if (text.includes('@') && EMAIL.test(text)) return 'e-mail address';
  return TELEPHONE.test(text) ? 'telephone number' : undefined;
}

function inAlias(alias: AliasAddress): PersonalData | undefined {
  switch (alias.kind) {
    case 'email-ID':
      return 'e-mail address';
    case 'dialedDigits':
      // A subscriber number has seven digits or more; extensions and conference numbers have fewer.
      return alias.value.replace(/\D/g, '').length >= 7 ? 'telephone number' : undefined;
    case 'partyNumber':
    case 'isupNumber':
      return 'telephone number';
    case 'mobileUIM':
      return 'subscriber identity';
    case 'h323-ID':
    case 'url-ID':
      return DIGITS.test(alias.value) ? 'telephone number' : inText(alias.value);
    default:
      return undefined;
  }
}

/** Text in octets of any kind. Without its zeros, UTF-16 (which H.323 writes names in) reads like ASCII. */
const inOctets = ({ buffer, byteOffset, length }: Uint8Array): PersonalData | undefined =>
  inText(Buffer.from(buffer, byteOffset, length).toString('latin1').replaceAll('\0', ''));

function inParameters(parameters: readonly EnumeratedParameter[] | undefined): PersonalData | undefined {
  return first(parameters, ({ content }) => {
    switch (content?.kind) {
      case 'raw':
        return inOctets(content.value);
      case 'text':
      case 'unicode':
        return inText(content.value);
      case 'alias':
        return inAlias(content.value);
      case 'compound':
        return inParameters(content.value);
      case 'nested':
        return inGenericData(content.value);
      default:
        return undefined;
    }
  });
}

const inGenericData = (data: readonly GenericData[] | undefined): PersonalData | undefined =>
  first(data, ({ parameters }) => inParameters(parameters));

const inFeatures = (features: FeatureSet | undefined): PersonalData | undefined =>
  features === undefined
    ? undefined
    : (inGenericData(features.neededFeatures) ??
      inGenericData(features.desiredFeatures) ??
      inGenericData(features.supportedFeatures));

const inNonStandard = (parameter: NonStandardParameter | undefined): PersonalData | undefined =>
  parameter === undefined ? undefined : inOctets(parameter.data);

function first<T>(
  list: readonly T[] | undefined,
  find: (item: T) => PersonalData | undefined,
): PersonalData | undefined {
  for (const item of list ?? []) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Looks for personal data in aliases. */
export const findPersonalData = (aliases: readonly AliasAddress[] | undefined): PersonalData | undefined =>
  first(aliases, inAlias);

/** Looks for personal data in all that an ARQ says of a call and that is passed on or logged. */
export function personalDataIn(request: AdmissionRequest): PersonalData | undefined {
  return (
    findPersonalData(request.srcInfo) ??
    findPersonalData(request.destinationInfo) ??
    findPersonalData(request.destExtraCallInfo) ??
    first(request.srcAlternatives, (endpoint) => findPersonalData(endpoint.aliasAddress)) ??
    first(request.destAlternatives, (endpoint) => findPersonalData(endpoint.aliasAddress)) ??
    inNonStandard(request.nonStandardData) ??
    inGenericData(request.genericData) ??
    inFeatures(request.featureSet)
  );
}

/** No personal data in call metadata. Stock endpoints, which the lab policy admits, are not held to it. */
export const pii: Gate = ({ request, terminal }) =>
  terminal !== undefined && personalDataIn(request) !== undefined
    ? { policy: 'PII_POLICY_VIOLATION', reason: 'invalidPermission' }
    : undefined;
