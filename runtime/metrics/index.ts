export { DurationHistogram } from './duration-histogram.ts';
export {
  GatekeeperMetrics,
  type GatekeeperMetricsArgs,
  type GatekeeperState,
  type RasStatistics,
} from './gatekeeper-metrics.ts';
export { newServiceStatistics, type ServiceStatistics } from './service-statistics.ts';
