export { AlarmTopic, type AlarmTopicArgs } from './alarm-topic.ts';
export { Monitoring } from './monitoring.ts';
