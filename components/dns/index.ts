export { Dns, type DnsArgs } from './dns.ts';
export { type DnsRecord, dnsRecords, hostNames, type ZoneContents } from './records.ts';
