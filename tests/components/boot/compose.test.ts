import assert from 'node:assert/strict';
import type { BootValues } from '../../../components/boot/index.ts';
import { IMAGES } from '../../../components/boot/index.ts';
import { LOOPBACK_PORTS } from '../../../components/network/index.ts';
import { exampleValues } from './example-values.ts';
import { at, contentOf, type Parsed, readYaml, texts } from './rendered.ts';

const HOSTS = [
  {
    name: 'Jitsi',
    values: exampleValues('mcu', 'jitsi'),
    path: '/etc/guardian-council/mcu.yaml',
    images: IMAGES.mcu.jitsi,
  },
  {
    name: 'Kurento',
    values: exampleValues('mcu', 'kurento'),
    path: '/etc/guardian-council/mcu.yaml',
    images: IMAGES.mcu.kurento,
  },
  {
    name: 'monitoring',
    values: exampleValues('monitoring'),
    path: '/etc/guardian-council/monitoring.yaml',
    images: IMAGES.monitoring,
  },
] as const;

function servicesOf(values: BootValues, path: string): [name: string, service: Parsed][] {
  const services = at(readYaml(contentOf(values, path)), 'services');
  assert.ok(typeof services === 'object' && services !== null);
  return Object.entries(services);
}

const has = (service: Parsed, key: string): boolean =>
  typeof service === 'object' && service !== null && Object.hasOwn(service, key);

/** Needs the control groups of all others; said in its comment. */
const AS_ROOT = ['cadvisor'];

describe('IMAGES', () => {
  it('pins each image to a release of its own, and all of Jitsi to one', () => {
    const all = [
      ...Object.values(IMAGES.mcu.jitsi),
      ...Object.values(IMAGES.mcu.kurento),
      ...Object.values(IMAGES.monitoring),
    ];
    for (const image of all) assert.match(image, /^[a-z0-9./-]+:[a-z]*-?v?\d+(?:[.-]\d+)*$/, image);
    const jitsi = Object.values(IMAGES.mcu.jitsi).filter((image) => image.includes('jitsi'));
    assert.equal(new Set(jitsi.map((image) => image.split(':')[1])).size, 1);
    assert.equal(jitsi.length, 4);
  });
});

describe('the containers', () => {
  for (const { name, values, path, images } of HOSTS) {
    describe(`of ${name}`, () => {
      const services = servicesOf(values, path);

      it('are those that have an image, each by its digest', () => {
        assert.deepEqual(services.map(([service]) => service).toSorted(), Object.keys(images).toSorted());
        for (const [service, settings] of services) {
          assert.equal(at(settings, 'image'), values.images[service]);
          assert.match(String(at(settings, 'image')), /:[^@]+@sha256:[0-9a-f]{64}$/);
        }
      });

      it('give up what they do not need, and come back', () => {
        for (const [service, settings] of services) {
          assert.equal(at(settings, 'restart'), 'unless-stopped', service);
          assert.equal(at(settings, 'read_only'), true, service);
          assert.deepEqual(at(settings, 'cap_drop'), ['ALL'], service);
          assert.equal(has(settings, 'cap_add'), false, service);
          assert.equal(has(settings, 'privileged'), false, service);
          assert.deepEqual(at(settings, 'security_opt'), ['no-new-privileges:true'], service);
          assert.equal(at(settings, 'pids_limit'), 1024, service);
          assert.match(String(at(settings, 'mem_limit')), /^\d+[mg]$/, service);
          assert.ok(Number(at(settings, 'cpus')) > 0, service);
          assert.equal(at(settings, 'healthcheck', 'test', 0), 'CMD', service);
          if (AS_ROOT.includes(service)) assert.equal(has(settings, 'user'), false, service);
          else assert.match(String(at(settings, 'user')), /^[1-9]\d*:\d+$/, service);
        }
      });

      it('bind to loopback, but for ports that the plan opens on the private address', () => {
        for (const [service, settings] of services) {
          for (const port of has(settings, 'ports') ? texts(at(settings, 'ports')) : []) {
            const found = /^(?<address>[\d.]+):(?<from>\d+)(?:-(?<to>\d+))?:[\d-]+(?:\/(?<protocol>udp))?$/.exec(
              port,
            )?.groups;
            assert.ok(found !== undefined, `${service}: ${port}`);
            const [from, to] = [Number(found['from']), Number(found['to'] ?? found['from'])];
            const protocol = found['protocol'] ?? 'tcp';
            if (found['address'] === '127.0.0.1') {
              assert.ok(
                LOOPBACK_PORTS.some((row) => row.host === values.role && row.port === from),
                port,
              );
              continue;
            }
            assert.equal(found['address'], values.addresses[values.role].private, port);
            const isOpen = values.ports.some(
              (row) => row.host === values.role && row.protocol === protocol && row.from <= from && to <= row.to,
            );
            assert.ok(isOpen, `${service}: ${port} is not in the port plan`);
          }
        }
      });
    });
  }

  it('of the monitoring host share its network, and each is told to listen on loopback', () => {
    const values = exampleValues('monitoring');
    const services = new Map(servicesOf(values, '/etc/guardian-council/monitoring.yaml'));
    for (const service of services.values()) assert.equal(at(service, 'network_mode'), 'host');
    const command = (service: string): string[] => texts(at(services.get(service), 'command'));
    assert.ok(command('prometheus').includes('--web.listen-address=127.0.0.1:9090'));
    assert.ok(command('prometheus').includes('--storage.tsdb.retention.time=30d'));
    assert.ok(command('prometheus').includes('--storage.tsdb.retention.size=20GB'));
    assert.ok(command('alertmanager').includes('--web.listen-address=127.0.0.1:9093'));
    assert.ok(command('alertmanager').includes('--cluster.listen-address='));
    assert.equal(at(services.get('renderer'), 'environment', 'SERVER_ADDR'), '127.0.0.1:8081');
    const grafana = contentOf(values, '/etc/guardian-council/grafana.ini');
    assert.match(grafana, /^http_addr=127\.0\.0\.1$/m);
    for (const line of [
      'allow_sign_up=false',
      'allow_org_create=false',
      'login_maximum_inactive_lifetime_duration=10m',
    ])
      assert.ok(grafana.split('\n').includes(line), line);
    assert.match(grafana, /\[auth\.anonymous\]\nenabled=false\n/);
  });

  it('scrape every host that has something to say, and the gatekeepers most often', () => {
    const config = readYaml(contentOf(exampleValues('monitoring'), '/etc/guardian-council/prometheus.yaml'));
    const jobs = at(config, 'scrape_configs');
    assert.ok(Array.isArray(jobs));
    const targets = jobs.map((job) => [at(job, 'job_name'), texts(at(job, 'static_configs', 0, 'targets'))]);
    assert.deepEqual(targets, [
      ['gatekeeper', ['gatekeeper-primary:9464', 'gatekeeper-secondary:9464']],
      [
        'node',
        ['gatekeeper-primary:9100', 'gatekeeper-secondary:9100', 'mcu:9100', 'sip-gateway:9100', 'monitoring:9100'],
      ],
      ['etcd', ['gatekeeper-primary:2381', 'gatekeeper-secondary:2381', 'monitoring:2381']],
      ['containers', ['mcu:9101']],
      ['prometheus', ['127.0.0.1:9090']],
    ]);
    assert.equal(at(jobs[0], 'scrape_interval'), '5s');
    assert.equal(at(config, 'global', 'scrape_interval'), '15s');
  });

  it('of Kurento use only the media ports that are led to them, and tell the public address', () => {
    const values = exampleValues('mcu', 'kurento');
    const folder = '/etc/guardian-council/kurento';
    assert.equal(contentOf(values, `${folder}/BaseRtpEndpoint.conf.ini`), 'minPort=10000\nmaxPort=10199\n');
    assert.equal(contentOf(values, `${folder}/WebRtcEndpoint.conf.ini`), 'externalIPv4=192.0.2.20\n');
    const services = new Map(servicesOf(values, '/etc/guardian-council/mcu.yaml'));
    assert.deepEqual(texts(at(services.get('kurento'), 'ports')), [
      '127.0.0.1:8888:8888',
      '10.20.1.20:10000-10199:10000-10199/udp',
    ]);
  });
});
