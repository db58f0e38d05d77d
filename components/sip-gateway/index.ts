export { SipGateway } from './sip-gateway.ts';
