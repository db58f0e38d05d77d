/** Quality of service of a transport. */

import { boolean, choice, type Infer, integer, nullType, optional, sequence } from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

export const QOSMode = choice(
  {
    guaranteedQOS: nullType,
    controlledLoad: nullType,
  },
  {},
);
export type QOSMode = Infer<typeof QOSMode>;

/** An RSVP reservation; rates in octets a second, sizes in octets. */
export const RSVPParameters = sequence(
  {
    qosMode: optional(QOSMode),
    tokenRate: optional(integer(1, 4294967295)),
    bucketSize: optional(integer(1, 4294967295)),
    peakRate: optional(integer(1, 4294967295)),
    minPoliced: optional(integer(1, 4294967295)),
    maxPktSize: optional(integer(1, 4294967295)),
  },
  {},
);
export interface RSVPParameters extends Infer<typeof RSVPParameters> {}

/** Which ATM bit-rate classes are available. */
export const ATMParameters = sequence(
  {
    maxNTUSize: integer(0, 65535),
    atmUBR: boolean,
    atmrtVBR: boolean,
    atmnrtVBR: boolean,
    atmABR: boolean,
    atmCBR: boolean,
  },
  {},
);
export interface ATMParameters extends Infer<typeof ATMParameters> {}

export const GenericTransportParameters = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    averageRate: optional(integer(1, 4294967295)),
    burst: optional(integer(1, 4294967295)),
    peakRate: optional(integer(1, 4294967295)),
    maxPktSize: optional(integer(1, 4294967295)),
  },
  {},
);
export interface GenericTransportParameters extends Infer<typeof GenericTransportParameters> {}

export const ServicePriorityValue = sequence(
  {
    nonStandardParameter: optional(NonStandardParameter),
  },
  {
    value: integer(0, 255),
  },
);
export interface ServicePriorityValue extends Infer<typeof ServicePriorityValue> {}

export const ServicePriority = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    servicePrioritySignalled: boolean,
    servicePriorityValue: optional(ServicePriorityValue),
  },
  {
    serviceClass: optional(integer(0, 4095)),
    serviceSubclass: optional(integer(0, 255)),
  },
);
export interface ServicePriority extends Infer<typeof ServicePriority> {}

export const AuthorizationParameters = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface AuthorizationParameters extends Infer<typeof AuthorizationParameters> {}

export const QOSType = choice(
  {
    desired: nullType,
    required: nullType,
  },
  {},
);
export type QOSType = Infer<typeof QOSType>;

export const QOSClass = choice(
  {
    class0: nullType,
    class1: nullType,
    class2: nullType,
    class3: nullType,
    class4: nullType,
    class5: nullType,
  },
  {},
);
export type QOSClass = Infer<typeof QOSClass>;

export const QOSDescriptor = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    qosType: QOSType,
    qosClass: QOSClass,
  },
  {},
);
export interface QOSDescriptor extends Infer<typeof QOSDescriptor> {}

/** A quality of service that a transport can offer. */
export const QOSCapability = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    rsvpParameters: optional(RSVPParameters),
    atmParameters: optional(ATMParameters),
  },
  {
    localQoS: optional(boolean),
    genericTransportParameters: optional(GenericTransportParameters),
    servicePriority: optional(ServicePriority),
    authorizationParameter: optional(AuthorizationParameters),
    qosDescriptor: optional(QOSDescriptor),
    dscpValue: optional(integer(0, 63)),
  },
);
export interface QOSCapability extends Infer<typeof QOSCapability> {}
