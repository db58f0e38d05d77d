/** Folder of the lists of what is scraped beside the hosts that boot data can name; Prometheus's own name for it. */
export const TARGETS = '/etc/prometheus/targets';

/** What tells a gateway of a group from hosts that stay, in whatever is scraped of it and in alerts. */
export const GROUP_LABEL = { group: 'sip-gateway' } as const;

/**
 * Alerts on gateways that come and go. One that answers no more is waited for longer than a host that stays: its first
 * boot installs what answers, and one that is broken is replaced by its group.
 */
export const GROUP_RULES = {
  name: 'gateways',
  rules: [
    { alert: 'GatewayDown', expr: `up{group="${GROUP_LABEL.group}"} == 0`, for: '15m', labels: { severity: 'high' } },
    // None answers, or none is known: callers reach nobody.
    {
      alert: 'NoGateway',
      expr: `absent(up{group="${GROUP_LABEL.group}"} == 1)`,
      for: '15m',
      labels: { severity: 'critical' },
    },
    {
      alert: 'GatewaysUnknown',
      expr: 'time() - max(prometheus_sd_file_mtime_seconds) > 600',
      for: '5m',
      labels: { severity: 'high' },
    },
  ],
};
