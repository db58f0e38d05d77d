export { GatekeeperPair } from './gatekeeper-pair.ts';
