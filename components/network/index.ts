export {
  type ChosenPorts,
  LOOPBACK_PORTS,
  type LoopbackPort,
  PORTS,
  type PortRule,
  type PortSource,
  portPlan,
} from './port-plan.ts';
