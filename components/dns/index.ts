export { Dns, type DnsArgs } from './dns.ts';
export { GATEWAY_RECORD } from './gateway-record.ts';
export { type DnsRecord, dnsRecords, hostNames, type ZoneContents } from './records.ts';
