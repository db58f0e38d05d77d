import { PORTS } from '../network/index.ts';
import { CONFIG, siteName } from './names.ts';
import { type BootPart, unitFile } from './part.ts';
import type { BootValues } from './values.ts';

const TLS = `${CONFIG}/tls`;
const ACME = '/var/www/acme';

/** The only door to the monitoring platform: TLS 1.2 and 1.3; Prometheus and Alertmanager for administrators only. */
export function nginxSite(values: BootValues): string {
  const name = siteName(values, 'monitoring');
  const slow = (port: number): string => `proxy_pass http://127.0.0.1:${port};`;
  const inner = (path: string, port: number): string =>
    `  location ${path} { if ($admin = 0) { return 403; } ${slow(port)} }`;
  return `limit_req_zone $binary_remote_addr zone=fast:10m rate=100r/s;
limit_req_zone $binary_remote_addr zone=slow:10m rate=10r/s;
geo $admin { default 0; ${values.adminCidrs.map((cidr) => `${cidr} 1; `).join('')}}
server_tokens off;
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
  listen ${PORTS.http};
  server_name ${name};
  location /.well-known/acme-challenge/ { root ${ACME}; }
  location / { return 301 https://${name}$request_uri; }
}
server {
  listen ${PORTS.https} ssl http2;
  server_name ${name};
  ssl_certificate ${TLS}/fullchain.pem;
  ssl_certificate_key ${TLS}/privkey.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
  ssl_session_cache shared:tls:10m;
  ssl_session_tickets off;
  limit_req zone=slow burst=20 nodelay;
  add_header Strict-Transport-Security "max-age=63072000; includeSubDomains" always;
  add_header X-Content-Type-Options nosniff always;
  add_header X-Frame-Options SAMEORIGIN always;
  add_header Referrer-Policy same-origin always;
  proxy_http_version 1.1;
  proxy_set_header Host $host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_upgrade;
  location = / { return 302 /monitoring/; }
  location / { return 404; }
  location = /monitoring/health { proxy_pass http://127.0.0.1:${PORTS.grafana}/api/health; }
  location = /monitoring/login { ${slow(PORTS.grafana)} }
  location /monitoring/ { limit_req zone=fast burst=200 nodelay; proxy_pass http://127.0.0.1:${PORTS.grafana}; }
${inner('/prometheus/', PORTS.prometheus)}
${inner('/alertmanager/', PORTS.alertmanager)}
}
`;
}

/** nginx with a certificate of its own making at first, and of Let's Encrypt as soon as the domain leads here. */
export function nginxPart(values: BootValues): BootPart {
  const name = siteName(values, 'monitoring');
  // Asked for again every quarter of an hour: the authority allows five failures an hour.
  const certificate = [
    unitFile(
      'council-certificate.service',
      `[Unit]
Description=TLS certificate
After=nginx.service
[Service]
Type=oneshot
ExecStart=/usr/bin/certbot certonly --non-interactive --agree-tos --register-unsafely-without-email --keep --webroot --webroot-path ${ACME} --domain ${name} --deploy-hook 'ln -sft ${TLS} /etc/letsencrypt/live/${name}/*.pem; systemctl reload nginx'
Restart=on-failure
RestartSec=15min
[Install]
WantedBy=multi-user.target
`,
    ),
  ];
  const isNamed = values.domain !== undefined;
  return {
    packages: isNamed ? ['nginx', 'certbot'] : ['nginx'],
    files: [
      { path: '/etc/nginx/conf.d/council.conf', content: nginxSite(values), defer: true },
      ...(isNamed ? certificate : []),
    ],
    commands: [
      `install -d ${ACME} ${TLS}`,
      `openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=${name}' -keyout ${TLS}/privkey.pem -out ${TLS}/fullchain.pem`,
      'rm -f /etc/nginx/sites-enabled/default',
      'systemctl restart nginx',
    ],
    units: isNamed ? ['council-certificate.service'] : [],
  };
}
