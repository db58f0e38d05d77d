import { denseYaml } from './dense-yaml.ts';
import { type BootPart, unitFile } from './part.ts';

/** A service of a compose file, in compose's own words. */
export type ComposeService = Readonly<Record<string, unknown>>;

/** What every container gives up, and that it comes back. */
const CONTAINED = {
  restart: 'unless-stopped',
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  pids_limit: 1024,
};

/** A health check by a command; by Docker's own times, three failures 30 s apart make a container unhealthy. */
export const healthy = (...command: readonly string[]): ComposeService => ({
  healthcheck: { test: ['CMD', ...command] },
});

/**
 * A compose file of contained services; what they share is written once.
 * @param shared what else all of these services have
 */
export function composeFile(
  services: Readonly<Record<string, ComposeService>>,
  more: ComposeService = {},
  shared: ComposeService = {},
): string {
  const common = { ...CONTAINED, ...shared };
  const contained = Object.entries(services).map(([name, service]) => [name, { '<<': common, ...service }]);
  return denseYaml({
    'x-contained': common,
    services: Object.fromEntries(contained),
    ...more,
  });
}

/**
 * Docker, and a unit that keeps a compose file's containers up. Docker's proxy processes are off: the kernel translates,
 * also for hundreds of media ports.
 */
export const composePart = (unit: string, description: string, file: string, content: string): BootPart => ({
  packages: ['docker.io', 'docker-compose-v2'],
  files: [
    {
      path: '/etc/docker/daemon.json',
      content: '{"live-restore": true, "log-driver": "journald", "userland-proxy": false}\n',
    },
    { path: file, content },
    unitFile(
      unit,
      `[Unit]
Description=${description}
Requires=docker.service
Wants=council-secrets.service
After=docker.service council-secrets.service
[Service]
ExecStart=/usr/bin/docker compose --file ${file} up --remove-orphans
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
`,
    ),
  ],
  units: [unit],
});
