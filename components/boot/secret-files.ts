import { type HostRole, VOTERS } from '../hosts.ts';
import type { McuEngine } from '../stack-config.ts';
import { isGatekeeper } from './gatekeeper-config.ts';
import { JITSI_USER } from './mcu.ts';
import { ALERTMANAGER_USER, GRAFANA_USER } from './monitoring.ts';
import { SERVICE_USER } from './names.ts';

/** What one service of a host reads from the host's secrets, by file name; none is in two of the lists. */
export interface SecretFiles {
  /** Linux user (name or number) that owns the files. */
  readonly user: string;
  /** Made once for the stack; the host waits for them at its first boot. */
  readonly made: readonly string[];
  /** Come from people: what needs them starts without and says so when it needs them. */
  readonly given: readonly string[];
  /** From people too, and not missed where they are not there. */
  readonly optional: readonly string[];
}

const files = (user: string, made: readonly string[], more: Partial<SecretFiles> = {}): SecretFiles => ({
  user,
  made,
  given: [],
  optional: [],
  ...more,
});

/** Every secret that a host reads, by the owner of its file; empty for a host without secrets. */
export function secretFilesOf(role: HostRole, engine: McuEngine): Readonly<Record<string, SecretFiles>> {
  const etcd = VOTERS.includes(role) ? { etcd: files('etcd', ['ca.crt', 'member.crt', 'member.key']) } : {};
  if (isGatekeeper(role)) {
    const own = ['gatekeeper.key', 'etcd-ca.crt', 'etcd-client.crt', 'etcd-client.key'];
    return { ...etcd, gatekeeper: files(SERVICE_USER, own, { optional: ['canary.key'] }) };
  }
  if (role === 'monitoring')
    return {
      ...etcd,
      grafana: files(GRAFANA_USER, ['admin-password', 'secret-key', 'renderer-token']),
      alertmanager: files(ALERTMANAGER_USER, [], { given: ['slack-url', 'pagerduty-key'] }),
      root: files('root', ['renderer.env']),
    };
  if (role === 'mcu' && engine === 'jitsi')
    return {
      jitsi: files(JITSI_USER, [], { optional: ['cert.crt', 'cert.key'] }),
      root: files('root', ['jitsi.env']),
    };
  return etcd;
}
