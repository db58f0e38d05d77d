import { PORTS } from '../network/index.ts';
import { type ComposeService, composeFile, composePart, healthy } from './compose.ts';
import { CONFIG, own, siteName } from './names.ts';
import type { BootFile, BootPart } from './part.ts';
import type { BootValues } from './values.ts';

const COMPOSE = `${CONFIG}/mcu.yaml`;
/** Linux user of Jitsi's images. */
export const JITSI_USER = '1000';
/** Media ports of Kurento: few enough to translate one by one, eight for each of 25 guardians. */
const KURENTO_PORTS = { from: PORTS.rtp.from, to: PORTS.rtp.from + 199 };
const KURENTO_FOLDER = `${CONFIG}/kurento`;

const loopback = (port: number): string => `127.0.0.1:${port}:${port}`;

const image = (values: BootValues, name: string): string => values.images[name] ?? '';

/** The engine beside our MCU service, for guardians who join by browser: `h323-mcu`. */
export function mcuPart(values: BootValues): BootPart {
  const engine = values.mcuEngine === 'jitsi' ? jitsi(values) : kurento(values);
  const volumes = values.mcuEngine === 'jitsi' ? { volumes: { web: {}, prosody: {} } } : {};
  const content = composeFile({ ...engine, cadvisor: cadvisor(values) }, volumes);
  const part = composePart('h323-mcu.service', `MCU engine (${values.mcuEngine})`, COMPOSE, content);
  return { ...part, files: [...(part.files ?? []), ...(values.mcuEngine === 'kurento' ? kurentoFiles(values) : [])] };
}

function jitsi(values: BootValues): Readonly<Record<string, ComposeService>> {
  const site = `https://${siteName(values, 'mcu')}`;
  const address = own(values);
  // The passwords by which the parts know each other, made once for this stack.
  const base = {
    user: `${JITSI_USER}:${JITSI_USER}`,
    tmpfs: [`/run:size=64m,mode=0755,uid=${JITSI_USER},gid=${JITSI_USER},exec`, '/tmp:size=64m,mode=1777'],
    env_file: './secrets/root/jitsi.env',
  };
  const check = healthy('/usr/local/bin/healthcheck.sh');
  return {
    web: {
      image: image(values, 'web'),
      ...base,
      environment: { PUBLIC_URL: site, ENABLE_AUTH: 1, ENABLE_GUESTS: 0, XMPP_BOSH_URL_BASE: 'http://prosody:5280' },
      ports: [`${address.private}:${PORTS.https}:8443`],
      // A certificate that the operators put into the secrets; without it the image makes one that nobody vouches for.
      volumes: ['web:/storage', './secrets/jitsi:/config/keys:ro'],
      mem_limit: '1g',
      cpus: 1,
      ...healthy('curl', '-fsS', '-o', '/dev/null', 'http://127.0.0.1:8000/config.js'),
      depends_on: ['prosody', 'jvb'],
    },
    prosody: {
      image: image(values, 'prosody'),
      ...base,
      environment: { PUBLIC_URL: site, ENABLE_AUTH: 1, AUTH_TYPE: 'internal', ENABLE_GUESTS: 0 },
      volumes: ['prosody:/var/lib/prosody'],
      mem_limit: '1g',
      cpus: 1,
      ...check,
    },
    jicofo: {
      image: image(values, 'jicofo'),
      ...base,
      environment: { ENABLE_AUTH: 1, AUTH_TYPE: 'internal', XMPP_SERVER: 'prosody' },
      mem_limit: '2g',
      cpus: 1,
      ...check,
      depends_on: ['prosody'],
    },
    jvb: {
      image: image(values, 'jvb'),
      ...base,
      environment: {
        XMPP_SERVER: 'prosody',
        JVB_PORT: PORTS.rtp.from,
        JVB_ADVERTISE_IPS: `${address.public},${address.private}`,
        JVB_DISABLE_STUN: 1,
        COLIBRI_REST_ENABLED: 1,
      },
      ports: [`${address.private}:${PORTS.rtp.from}:${PORTS.rtp.from}/udp`, loopback(PORTS.jitsiControl)],
      mem_limit: '4g',
      cpus: 5,
      ...check,
      depends_on: ['prosody'],
    },
  };
}

function kurento(values: BootValues): Readonly<Record<string, ComposeService>> {
  const { from, to } = KURENTO_PORTS;
  return {
    kurento: {
      image: image(values, 'kurento'),
      // The image's own entry point edits files as root; ours are mounted instead.
      user: '65534:65534',
      entrypoint: ['/usr/bin/kurento-media-server'],
      environment: { HOME: '/tmp', GST_REGISTRY_1_0: '/tmp/gstreamer' },
      tmpfs: ['/tmp:size=256m,mode=1777'],
      volumes: ['BaseRtpEndpoint', 'WebRtcEndpoint'].map(
        (name) => `./kurento/${name}.conf.ini:/etc/kurento/modules/kurento/${name}.conf.ini:ro`,
      ),
      ports: [loopback(PORTS.kurentoControl), `${own(values).private}:${from}-${to}:${from}-${to}/udp`],
      mem_limit: '8g',
      cpus: 6,
      ...healthy('bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${PORTS.kurentoControl}`),
    },
  };
}

const kurentoFiles = (values: BootValues): readonly BootFile[] => [
  {
    path: `${KURENTO_FOLDER}/BaseRtpEndpoint.conf.ini`,
    content: `minPort=${KURENTO_PORTS.from}\nmaxPort=${KURENTO_PORTS.to}\n`,
  },
  { path: `${KURENTO_FOLDER}/WebRtcEndpoint.conf.ini`, content: `externalIPv4=${own(values).public}\n` },
];

/** Needs root to read the control groups of others, and no capability. */
const cadvisor = (values: BootValues): ComposeService => ({
  image: image(values, 'cadvisor'),
  command: ['--docker_only=true', '--housekeeping_interval=10s', '--store_container_labels=false'],
  ports: [`${own(values).private}:${PORTS.containerMetrics}:8080`],
  // Neither /var/run, in which Docker's socket is, nor the whole disk: whoever has these has the host.
  volumes: ['/sys:/sys:ro', '/var/lib/docker:/var/lib/docker:ro'],
  mem_limit: '512m',
  cpus: 0.5,
  ...healthy('wget', '-qO/dev/null', 'http://127.0.0.1:8080/healthz'),
});
