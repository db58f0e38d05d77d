import type { BootValues } from '../../../components/boot/index.ts';
import { imagesOf, UNKNOWN_ADDRESSES } from '../../../components/boot/index.ts';
import { type HostRole, perHost, VOTERS } from '../../../components/hosts.ts';
import { portPlan } from '../../../components/network/index.ts';
import type { McuEngine } from '../../../components/stack-config.ts';

const PRIVATE = {
  'gatekeeper-primary': '10.20.1.10',
  'gatekeeper-secondary': '10.20.2.10',
  mcu: '10.20.1.20',
  'sip-gateway': '10.20.2.30',
  monitoring: '10.20.3.40',
};
const PUBLIC = {
  'gatekeeper-primary': '192.0.2.10',
  'gatekeeper-secondary': '192.0.2.11',
  mcu: '192.0.2.20',
  'sip-gateway': '192.0.2.30',
  monitoring: '192.0.2.40',
};

/** Values of a made-up production stack: addresses and names of RFC 5737 and RFC 2606. Each image has a digest of its own. */
export function exampleValues(role: HostRole, mcuEngine: McuEngine = 'jitsi'): BootValues {
  const images = Object.entries(imagesOf(role, mcuEngine)).map(([name, image], index) => [
    name,
    `${image}@sha256:${String(index + 1).repeat(64)}`,
  ]);
  return {
    role,
    stack: 'prod',
    zone: 'guardian-council-prod',
    environment: 'prod',
    region: 'eu-central-1',
    addresses: perHost((host) => ({ private: PRIVATE[host], public: PUBLIC[host] })),
    ports: portPlan({ primaryRasPort: 1719, secondaryRasPort: 1720 }),
    adminCidrs: ['198.51.100.0/24', '203.0.113.7/32'],
    primaryRasPort: 1719,
    secondaryRasPort: 1720,
    domain: 'council.example',
    councilBandwidthBps: 100_000_000,
    maxParticipants: 25,
    maxExperts: 10,
    mcuEngine,
    images: Object.fromEntries(images),
    releaseBucket: 'council-prod-releases',
    releaseParameter: `/guardian-council/prod/release/${role}`,
    secretsPath: `/guardian-council/prod/secrets/${role}`,
    witnessBucket: 'council-prod-witness',
    witnessPrefix: role,
    dataVolume: VOTERS.includes(role) ? 'vol-0123456789abcdef0' : undefined,
    borrowsAddresses: false,
    gatewayGroup: undefined,
  };
}

/** A SIP gateway that is one of a group, and so does not know its addresses before it boots. */
export function exampleGatewayOfGroup(): BootValues {
  const values = exampleValues('sip-gateway');
  return {
    ...values,
    addresses: { ...values.addresses, 'sip-gateway': UNKNOWN_ADDRESSES },
    gatewayGroup: 'guardian-council-prod-sip-gateway',
  };
}

/** A monitoring host whose SIP gateways are a group, of which it knows no address before it boots. */
export function exampleMonitoringOfGroup(): BootValues {
  const { addresses, gatewayGroup } = exampleGatewayOfGroup();
  return { ...exampleValues('monitoring'), addresses, gatewayGroup };
}

/** Every kind of host there is: its name, and its values. */
export const EXAMPLES: readonly { readonly name: string; readonly values: BootValues }[] = [
  { name: 'gatekeeper-primary', values: exampleValues('gatekeeper-primary') },
  { name: 'gatekeeper-secondary', values: exampleValues('gatekeeper-secondary') },
  { name: 'mcu-jitsi', values: exampleValues('mcu', 'jitsi') },
  { name: 'mcu-kurento', values: exampleValues('mcu', 'kurento') },
  { name: 'sip-gateway', values: exampleValues('sip-gateway') },
  { name: 'sip-gateway-of-a-group', values: exampleGatewayOfGroup() },
  { name: 'monitoring', values: exampleValues('monitoring') },
  { name: 'monitoring-of-a-group', values: exampleMonitoringOfGroup() },
];
