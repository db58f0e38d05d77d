import { HOST_ROLES, type HostRole, VOTERS } from '../hosts.ts';

/** Who may reach a port: everybody, the networks of the administrators, or another host of the stack. */
export type PortSource = 'world' | 'admin' | HostRole;

/** One service of one host that is open to somebody. */
export interface PortRule {
  readonly host: HostRole;
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** First and last port; type and code for ICMP. */
  readonly from: number;
  readonly to: number;
  readonly sources: readonly PortSource[];
  /** What answers there. */
  readonly service: string;
  /** Why it is open to these. */
  readonly why: string;
}

/** A port that answers on its own host alone: no rule opens it. */
export interface LoopbackPort {
  readonly host: HostRole;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly service: string;
}

/** The ports that a stack's configuration chooses. */
export interface ChosenPorts {
  /** RAS of the primary gatekeeper, UDP. */
  readonly primaryRasPort: number;
  /** RAS of the secondary gatekeeper, UDP. */
  readonly secondaryRasPort: number;
}

export const PORTS = {
  callSignalling: 1720,
  callSignallingTls: 1300,
  /** H.245 on TCP, where it is not tunnelled in call signalling. */
  h245: { from: 30_000, to: 30_999 },
  rtp: { from: 10_000, to: 20_000 },
  /** RAS of the MCU and of the SIP gateway, to which gatekeepers send requests of their own. */
  endpointRas: 1719,
  sip: 5060,
  sipTls: 5061,
  /** SIP over secure WebSocket (RFC 7118). */
  sipWebSocket: 443,
  https: 443,
  http: 80,
  etcdClient: 2379,
  etcdPeer: 2380,
  etcdMetrics: 2381,
  /** Metrics and health of our own services. */
  metrics: 9464,
  nodeExporter: 9100,
  containerMetrics: 9101,
  prometheus: 9090,
  grafana: 3000,
  alertmanager: 9093,
  /** rtpengine's ng protocol. */
  mediaControl: 2223,
  /** REST of Jitsi Videobridge, WebSocket of Kurento. */
  jitsiControl: 8080,
  kurentoControl: 8888,
} as const;

const GATEKEEPERS = ['gatekeeper-primary', 'gatekeeper-secondary'] as const;
const WORLD = ['world'] as const;
const MONITORING = ['monitoring'] as const;

/** An ICMP echo request (RFC 792): type 8, code 0. */
const ECHO = { protocol: 'icmp', from: 8, to: 0 } as const;

/**
 * Every port that is open to anything, to whom, and why. Security groups, host firewalls and the documentation are all
 * made from it; nothing else opens a port.
 */
export function portPlan(chosen: ChosenPorts): readonly PortRule[] {
  return [...gatekeeperPorts(chosen), ...mcuPorts(), ...gatewayPorts(), ...monitoringPorts(), ...innerPorts()];
}

function open(
  host: HostRole,
  protocol: 'tcp' | 'udp',
  ports: number | { readonly from: number; readonly to: number },
  sources: readonly PortSource[],
  service: string,
  why: string,
): PortRule {
  const { from, to } = typeof ports === 'number' ? { from: ports, to: ports } : ports;
  return { host, protocol, from, to, sources, service, why };
}

function gatekeeperPorts({ primaryRasPort, secondaryRasPort }: ChosenPorts): PortRule[] {
  const ras = 'terminals discover, register and ask for admission; every request that changes anything is signed';
  const rules = [
    open('gatekeeper-primary', 'udp', primaryRasPort, WORLD, 'RAS', ras),
    open('gatekeeper-secondary', 'udp', secondaryRasPort, WORLD, 'RAS', ras),
  ];
  if (primaryRasPort !== secondaryRasPort)
    rules.push(open('gatekeeper-secondary', 'udp', primaryRasPort, WORLD, 'RAS', 'when it holds the floating address'));
  for (const host of GATEKEEPERS)
    rules.push(
      open(host, 'tcp', PORTS.callSignalling, WORLD, 'call signalling', 'Q.931 of gatekeeper-routed calls'),
      open(host, 'tcp', PORTS.callSignallingTls, WORLD, 'call signalling over TLS', 'gatekeeper-routed calls'),
      open(host, 'tcp', PORTS.h245, WORLD, 'H.245', 'gatekeeper-routed calls that do not tunnel it'),
    );
  return rules;
}

function mcuPorts(): PortRule[] {
  return [
    open('mcu', 'tcp', PORTS.callSignalling, WORLD, 'call signalling', 'terminals call the MCU directly'),
    open('mcu', 'tcp', PORTS.h245, WORLD, 'H.245', 'terminals that do not tunnel it'),
    open('mcu', 'udp', PORTS.rtp, WORLD, 'RTP and RTCP', 'media of guardians'),
    open('mcu', 'tcp', PORTS.https, WORLD, 'HTTPS', 'guardians who join by browser'),
    open('mcu', 'udp', PORTS.endpointRas, GATEKEEPERS, 'RAS', 'requests that gatekeepers make (IRQ, DRQ, URQ)'),
  ];
}

function gatewayPorts(): PortRule[] {
  const inner = [...GATEKEEPERS, 'mcu'] as const;
  const host = 'sip-gateway';
  return [
    open(host, 'udp', PORTS.sip, WORLD, 'SIP', 'outside experts'),
    open(host, 'tcp', PORTS.sip, WORLD, 'SIP', 'outside experts'),
    open(host, 'tcp', PORTS.sipTls, WORLD, 'SIP over TLS', 'outside experts'),
    open(host, 'tcp', PORTS.sipWebSocket, WORLD, 'SIP over secure WebSocket', 'outside experts with a browser'),
    open(host, 'udp', PORTS.rtp, WORLD, 'RTP and RTCP', 'media of outside experts'),
    open(host, 'udp', PORTS.endpointRas, GATEKEEPERS, 'RAS', 'requests that gatekeepers make (IRQ, DRQ, URQ)'),
    open(host, 'tcp', PORTS.callSignalling, inner, 'call signalling', 'its calls come from the conference'),
    open(host, 'tcp', PORTS.h245, inner, 'H.245', 'its calls come from the conference'),
  ];
}

function monitoringPorts(): PortRule[] {
  return [
    open(
      'monitoring',
      'tcp',
      PORTS.https,
      WORLD,
      'HTTPS',
      'Grafana; Prometheus and Alertmanager for administrators only',
    ),
    open('monitoring', 'tcp', PORTS.http, WORLD, 'HTTP', 'ACME challenges (RFC 8555 clause 8.3), else a redirect'),
  ];
}

function innerPorts(): PortRule[] {
  const rules: PortRule[] = [];
  for (const host of VOTERS) {
    const others = VOTERS.filter((voter) => voter !== host);
    rules.push(
      open(host, 'tcp', PORTS.etcdPeer, others, 'etcd, members', 'the quorum, by mutual TLS'),
      open(host, 'tcp', PORTS.etcdClient, others, 'etcd, clients', 'leadership and shared state, by mutual TLS'),
    );
  }
  const metrics = (host: HostRole, port: number, service: string): PortRule =>
    open(host, 'tcp', port, MONITORING, service, 'Prometheus scrapes it');
  for (const host of GATEKEEPERS) {
    const others = GATEKEEPERS.filter((gatekeeper) => gatekeeper !== host);
    const why = 'Prometheus scrapes it; the standby asks the leader whether it serves';
    rules.push(
      metrics(host, PORTS.etcdMetrics, 'etcd, metrics'),
      open(host, 'tcp', PORTS.metrics, [...MONITORING, ...others], 'metrics and health', why),
    );
  }
  for (const host of ['mcu', 'sip-gateway'] as const) rules.push(metrics(host, PORTS.metrics, 'metrics and health'));
  for (const host of HOST_ROLES.filter((role) => role !== 'monitoring'))
    rules.push(metrics(host, PORTS.nodeExporter, 'node exporter'));
  rules.push(metrics('mcu', PORTS.containerMetrics, 'container metrics'));
  for (const host of HOST_ROLES)
    rules.push({ ...ECHO, host, sources: ['admin'], service: 'ping', why: 'administrators look where a path ends' });
  return rules;
}

/** What listens on loopback alone, and is reached through something else or not at all. */
export const LOOPBACK_PORTS: readonly LoopbackPort[] = [
  { host: 'mcu', protocol: 'tcp', port: PORTS.jitsiControl, service: 'control of Jitsi Videobridge' },
  { host: 'mcu', protocol: 'tcp', port: PORTS.kurentoControl, service: 'control of Kurento' },
  { host: 'sip-gateway', protocol: 'udp', port: PORTS.mediaControl, service: 'control of rtpengine' },
  { host: 'monitoring', protocol: 'tcp', port: PORTS.prometheus, service: 'Prometheus' },
  { host: 'monitoring', protocol: 'tcp', port: PORTS.grafana, service: 'Grafana' },
  { host: 'monitoring', protocol: 'tcp', port: PORTS.alertmanager, service: 'Alertmanager' },
];
