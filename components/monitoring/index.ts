export { AlarmTopic, type AlarmTopicArgs } from './alarm-topic.ts';
export { Monitoring, type MonitoringArgs } from './monitoring.ts';
