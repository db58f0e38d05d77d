import { choice, type Infer, sequenceOf } from '../../asn1/index.ts';
import { AdmissionConfirm, AdmissionReject, AdmissionRequest } from './admission.ts';
import { BandwidthConfirm, BandwidthReject, BandwidthRequest } from './bandwidth.ts';
import { DisengageConfirm, DisengageReject, DisengageRequest } from './disengage.ts';
import { GatekeeperConfirm, GatekeeperReject, GatekeeperRequest } from './gatekeeper-discovery.ts';
import { InfoRequest, InfoRequestAck, InfoRequestNak, InfoRequestResponse } from './information.ts';
import { LocationConfirm, LocationReject, LocationRequest } from './location.ts';
import { NonStandardMessage, RequestInProgress, UnknownMessageResponse } from './miscellaneous.ts';
import { RegistrationConfirm, RegistrationReject, RegistrationRequest } from './registration.ts';
import { ResourcesAvailableConfirm, ResourcesAvailableIndicate } from './resources.ts';
import { ServiceControlIndication, ServiceControlResponse } from './service-control.ts';
import { UnregistrationConfirm, UnregistrationReject, UnregistrationRequest } from './unregistration.ts';

/** What one RAS datagram holds (H.225.0 Annex H). */
export const RasMessage = choice(
  {
    gatekeeperRequest: GatekeeperRequest,
    gatekeeperConfirm: GatekeeperConfirm,
    gatekeeperReject: GatekeeperReject,
    registrationRequest: RegistrationRequest,
    registrationConfirm: RegistrationConfirm,
    registrationReject: RegistrationReject,
    unregistrationRequest: UnregistrationRequest,
    unregistrationConfirm: UnregistrationConfirm,
    unregistrationReject: UnregistrationReject,
    admissionRequest: AdmissionRequest,
    admissionConfirm: AdmissionConfirm,
    admissionReject: AdmissionReject,
    bandwidthRequest: BandwidthRequest,
    bandwidthConfirm: BandwidthConfirm,
    bandwidthReject: BandwidthReject,
    disengageRequest: DisengageRequest,
    disengageConfirm: DisengageConfirm,
    disengageReject: DisengageReject,
    locationRequest: LocationRequest,
    locationConfirm: LocationConfirm,
    locationReject: LocationReject,
    infoRequest: InfoRequest,
    infoRequestResponse: InfoRequestResponse,
    nonStandardMessage: NonStandardMessage,
    unknownMessageResponse: UnknownMessageResponse,
  },
  {
    requestInProgress: RequestInProgress,
    resourcesAvailableIndicate: ResourcesAvailableIndicate,
    resourcesAvailableConfirm: ResourcesAvailableConfirm,
    infoRequestAck: InfoRequestAck,
    infoRequestNak: InfoRequestNak,
    serviceControlIndication: ServiceControlIndication,
    serviceControlResponse: ServiceControlResponse,
    admissionConfirmSequence: sequenceOf(AdmissionConfirm),
  },
);
export type RasMessage = Infer<typeof RasMessage>;
