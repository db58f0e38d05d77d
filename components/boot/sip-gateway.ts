import { PORTS } from '../network/index.ts';
import { HARDENED } from './hardening.ts';
import { CONFIG, own } from './names.ts';
import { type BootPart, unitFile } from './part.ts';
import type { BootValues } from './values.ts';

const FILE = `${CONFIG}/rtpengine.conf`;

/**
 * The media engine of the SIP gateway, without its kernel module (`table = -1`). Times are in seconds; a call without
 * media for a minute is dropped. One session for each outside expert, and one to spare for a call that is replaced.
 */
export function rtpengineConfig(values: BootValues): string {
  const address = own(values);
  return `[rtpengine]
table = -1
interface = ${address.private}!${address.public}
listen-ng = 127.0.0.1:${PORTS.mediaControl}
port-min = ${PORTS.rtp.from}
port-max = ${PORTS.rtp.to}
max-sessions = ${values.maxExperts + 1}
timeout = 60
silent-timeout = 3600
tos = 184
`;
}

/** `h323-sip-gateway`: media of outside experts. */
export const sipGatewayPart = (values: BootValues): BootPart => ({
  packages: ['rtpengine-daemon'],
  // The package's own unit wants the kernel module and other ports.
  masked: ['rtpengine-daemon.service'],
  files: [
    { path: FILE, content: rtpengineConfig(values) },
    unitFile(
      'h323-sip-gateway.service',
      `[Unit]
Description=SIP gateway, media engine (rtpengine)
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
[Service]
Type=notify
User=rtpengine
RuntimeDirectory=rtpengine
ExecStart=/usr/bin/rtpengine --foreground --log-stderr --no-log-timestamps --config-file ${FILE}
Restart=always
RestartSec=1
LimitNOFILE=65536
${HARDENED}[Install]
WantedBy=multi-user.target
`,
    ),
  ],
  units: ['h323-sip-gateway.service'],
});
