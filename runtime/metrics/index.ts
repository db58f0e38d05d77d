export { DurationHistogram } from './duration-histogram.ts';
export {
  GatekeeperMetrics,
  type GatekeeperMetricsArgs,
  type GatekeeperState,
  type RasStatistics,
  type ZoneState,
} from './gatekeeper-metrics.ts';
export { newServiceStatistics, type ServiceStatistics } from './service-statistics.ts';
