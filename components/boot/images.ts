import type { HostRole } from '../hosts.ts';
import type { McuEngine } from '../stack-config.ts';

/** Image names by what runs in them: `registry/name:tag`, still without a digest. */
export type ImageNames = Readonly<Record<string, string>>;

/** All parts of Jitsi are released together, under one tag. From stable-11146 on they need neither root nor a writable root. */
const JITSI = 'stable-11146-2';

/** The images of each host that runs containers; those of the MCU by its engine. */
export const IMAGES: {
  readonly mcu: Readonly<Record<McuEngine, ImageNames>>;
  readonly monitoring: ImageNames;
} = {
  mcu: {
    jitsi: {
      web: `ghcr.io/jitsi/web:${JITSI}`,
      prosody: `ghcr.io/jitsi/prosody:${JITSI}`,
      jicofo: `ghcr.io/jitsi/jicofo:${JITSI}`,
      jvb: `ghcr.io/jitsi/jvb:${JITSI}`,
      cadvisor: 'gcr.io/cadvisor/cadvisor:v0.55.1',
    },
    kurento: {
      kurento: 'kurento/kurento-media-server:7.3.0',
      cadvisor: 'gcr.io/cadvisor/cadvisor:v0.55.1',
    },
  },
  monitoring: {
    prometheus: 'prom/prometheus:v3.13.3',
    alertmanager: 'prom/alertmanager:v0.34.1',
    grafana: 'grafana/grafana:13.1.1',
    renderer: 'grafana/grafana-image-renderer:v5.11.1',
  },
};

/** The images that a host runs; none where it runs no containers. */
export function imagesOf(role: HostRole, engine: McuEngine): ImageNames {
  if (role === 'mcu') return IMAGES.mcu[engine];
  return role === 'monitoring' ? IMAGES.monitoring : {};
}
