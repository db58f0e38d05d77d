import { HOST_ROLES, type HostRole, VOTERS } from '../hosts.ts';
import { PORTS } from '../network/index.ts';
import { BACKUP_RULES } from './backup-alerts.ts';
import { composeFile, composePart, healthy } from './compose.ts';
import { denseYaml } from './dense-yaml.ts';
import { GROUP_LABEL, GROUP_RULES, TARGETS } from './gateway-alerts.ts';
import { CONFIG, siteName } from './names.ts';
import type { BootPart } from './part.ts';
import type { BootValues } from './values.ts';

/** Linux users of the images. */
export const GRAFANA_USER = '472';
export const ALERTMANAGER_USER = '65534';
const RENDERER_PORT = 8081;

const here = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;
const asks = (url: string) => healthy('wget', '-qO/dev/null', url);

/** Prometheus, Alertmanager, Grafana and its renderer, all on loopback behind nginx. */
export function monitoringPart(values: BootValues): BootPart {
  const part = composePart(
    'council-monitoring.service',
    'Monitoring platform',
    `${CONFIG}/monitoring.yaml`,
    monitoringCompose(values),
  );
  const file = (name: string, content: unknown) => ({ path: `${CONFIG}/${name}`, content: denseYaml(content) });
  return {
    ...part,
    files: [
      ...(part.files ?? []),
      file('prometheus.yaml', prometheus(values)),
      file('rules.yaml', rules(values)),
      file('alertmanager.yaml', ALERTMANAGER),
      file('datasource.yaml', DATASOURCE),
      { path: `${CONFIG}/grafana.ini`, content: grafanaIni(`https://${siteName(values, 'monitoring')}`) },
    ],
  };
}

/** They share the host's network: what they watch listens on the host's own addresses, and each is told to stay on loopback. */
function monitoringCompose(values: BootValues): string {
  const site = `https://${siteName(values, 'monitoring')}`;
  const image = (name: string): string => values.images[name] ?? '';
  return composeFile(
    {
      prometheus: {
        image: image('prometheus'),
        user: '65534:65534',
        command: [
          '--config.file=/etc/prometheus/prometheus.yaml',
          '--storage.tsdb.path=/prometheus',
          '--storage.tsdb.retention.time=30d',
          '--storage.tsdb.retention.size=20GB',
          `--web.listen-address=127.0.0.1:${PORTS.prometheus}`,
          `--web.external-url=${site}/prometheus/`,
        ],
        volumes: [
          'prometheus:/prometheus',
          ...mounted('/etc/prometheus', ['prometheus.yaml', 'rules.yaml']),
          // A folder, since the file in it is replaced.
          ...(values.gatewayGroup === undefined ? [] : [`./targets:${TARGETS}:ro`]),
        ],
        mem_limit: '3g',
        cpus: 2,
        ...asks(here(PORTS.prometheus, '/prometheus/-/healthy')),
      },
      alertmanager: {
        image: image('alertmanager'),
        user: `${ALERTMANAGER_USER}:${ALERTMANAGER_USER}`,
        command: [
          '--config.file=/etc/alertmanager/alertmanager.yaml',
          '--storage.path=/alertmanager',
          `--web.listen-address=127.0.0.1:${PORTS.alertmanager}`,
          `--web.external-url=${site}/alertmanager/`,
          '--cluster.listen-address=',
        ],
        volumes: [
          'alertmanager:/alertmanager',
          './secrets/alertmanager:/run/secrets:ro',
          ...mounted('/etc/alertmanager', ['alertmanager.yaml']),
        ],
        mem_limit: '256m',
        cpus: 0.5,
        ...asks(here(PORTS.alertmanager, '/alertmanager/-/healthy')),
      },
      grafana: {
        image: image('grafana'),
        user: `${GRAFANA_USER}:0`,
        tmpfs: ['/tmp:size=64m,mode=1777'],
        volumes: [
          'grafana:/var/lib/grafana',
          './secrets/grafana:/run/secrets:ro',
          ...mounted('/etc/grafana', ['grafana.ini']),
          ...mounted('/etc/grafana/provisioning/datasources', ['datasource.yaml']),
        ],
        mem_limit: '1g',
        cpus: 1,
        ...asks(here(PORTS.grafana, '/api/health')),
      },
      renderer: {
        image: image('renderer'),
        user: '65532:65532',
        environment: { SERVER_ADDR: `127.0.0.1:${RENDERER_PORT}` },
        env_file: './secrets/root/renderer.env',
        tmpfs: ['/tmp:size=512m,mode=1777', '/home/nonroot:size=64m,uid=65532,gid=65532'],
        shm_size: '256m',
        mem_limit: '2g',
        cpus: 2,
        ...healthy('/usr/bin/grafana-image-renderer', 'healthcheck'),
      },
    },
    { volumes: { prometheus: {}, alertmanager: {}, grafana: {} } },
    { network_mode: 'host' },
  );
}

const mounted = (folder: string, names: readonly string[]): string[] =>
  names.map((name) => `./${name}:${folder}/${name}:ro`);

/** No default password, nobody signs up, sessions end after ten minutes without a request, every request is logged. */
const grafanaIni = (site: string): string => `[server]
http_addr=127.0.0.1
root_url=${site}/monitoring/
serve_from_sub_path=true
router_logging=true
[security]
admin_password=$__file{/run/secrets/admin-password}
secret_key=$__file{/run/secrets/secret-key}
cookie_secure=true
cookie_samesite=strict
[users]
allow_sign_up=false
allow_org_create=false
[auth]
login_maximum_inactive_lifetime_duration=10m
token_rotation_interval_minutes=5
[auth.anonymous]
enabled=false
[rendering]
server_url=${here(RENDERER_PORT, '/render')}
callback_url=${here(PORTS.grafana, '/monitoring/')}
renderer_token=$__file{/run/secrets/renderer-token}
`;

const job = (name: string, hosts: readonly HostRole[], port: number, more: object = {}): object => ({
  job_name: name,
  ...more,
  static_configs: [{ targets: hosts.map((host) => `${host}:${port}`) }],
});

/**
 * What is scraped: hosts by their names, which /etc/hosts leads to their private addresses, and the gateways of a group
 * by a list that is written anew all the time.
 */
const prometheus = ({ gatewayGroup }: BootValues) => ({
  global: { scrape_interval: '15s', evaluation_interval: '15s' },
  rule_files: ['/etc/prometheus/rules.yaml'],
  alerting: {
    alertmanagers: [
      { path_prefix: '/alertmanager', static_configs: [{ targets: [`127.0.0.1:${PORTS.alertmanager}`] }] },
    ],
  },
  scrape_configs: [
    job('gatekeeper', ['gatekeeper-primary', 'gatekeeper-secondary'], PORTS.metrics, { scrape_interval: '5s' }),
    job(
      'node',
      HOST_ROLES.filter((role) => role !== 'sip-gateway' || gatewayGroup === undefined),
      PORTS.nodeExporter,
      gatewayGroup === undefined ? {} : { file_sd_configs: [{ files: [`${TARGETS}/*.json`] }] },
    ),
    job('etcd', VOTERS, PORTS.etcdMetrics),
    job('containers', ['mcu'], PORTS.containerMetrics),
    {
      job_name: 'prometheus',
      metrics_path: '/prometheus/metrics',
      static_configs: [{ targets: [`127.0.0.1:${PORTS.prometheus}`] }],
    },
  ],
});

const CRITICAL = { severity: 'critical' };

/** Seen from outside, since a dead process exports nothing. */
const rules = ({ gatewayGroup }: BootValues) => ({
  groups: [
    {
      name: 'down',
      rules: [
        { alert: 'GatekeeperDown', expr: 'up{job="gatekeeper"} == 0', for: '1m', labels: CRITICAL },
        // No admissions: both are down, or cannot reach a majority of etcd. A failover is over before it is seen twice.
        { alert: 'NoLeader', expr: 'sum(h323_gatekeeper_leader) == 0', for: '15s', labels: CRITICAL },
        {
          alert: 'TargetDown',
          expr: `up{job!="gatekeeper"${gatewayGroup === undefined ? '' : `,group!="${GROUP_LABEL.group}"`}} == 0`,
          for: '5m',
          labels: { severity: 'high' },
        },
      ],
    },
    BACKUP_RULES,
    ...(gatewayGroup === undefined ? [] : [GROUP_RULES]),
  ],
});

const ALERTMANAGER = {
  route: { receiver: 'operators', group_by: ['alertname', 'instance'] },
  receivers: [
    {
      name: 'operators',
      slack_configs: [{ api_url_file: '/run/secrets/slack-url', send_resolved: true }],
      pagerduty_configs: [{ routing_key_file: '/run/secrets/pagerduty-key' }],
    },
  ],
};

const DATASOURCE = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      type: 'prometheus',
      url: here(PORTS.prometheus, '/prometheus'),
      isDefault: true,
    },
  ],
};
