import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { type ChannelCredentials, type ClientOptions, credentials } from '@grpc/grpc-js';
import { StoreError } from '../../ha/index.ts';
import type { Milliseconds } from '../../units.ts';

export interface EtcdOptions {
  /** `http://host:port` or `https://host:port` of members, in the order of preference: the host's own first. */
  readonly endpoints: readonly string[];
  /** PEM. Without it https trusts the system's authorities and shows no certificate. */
  readonly tls?: { readonly ca: Uint8Array; readonly cert: Uint8Array; readonly key: Uint8Array };
  /** From the call to its answer, whatever endpoints are tried. */
  readonly requestTimeout: Milliseconds;
}

export interface Endpoint {
  readonly url: string;
  /** As gRPC names it. */
  readonly target: string;
  readonly credentials: ChannelCredentials;
  readonly options: ClientOptions;
}

/** Octets. What is larger is refused instead of read. */
const LARGEST_MESSAGE = 64 * 1024 * 1024;

/**
 * A peer that no longer answers is given up 2 s after it last did. Members must allow such pings, or they hang up and
 * the pause doubles: `--grpc-keepalive-min-time` at or below PING. They never allow them where no call is under way.
 */
const PING = 1000;

const CHANNEL_OPTIONS: ClientOptions = {
  'grpc.keepalive_time_ms': PING,
  'grpc.keepalive_timeout_ms': 1000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc.dns_min_time_between_resolutions_ms': 500,
  'grpc.max_receive_message_length': LARGEST_MESSAGE,
  'grpc.max_send_message_length': LARGEST_MESSAGE,
  // Whether something is asked again is decided by who knows whether it may be.
  'grpc.enable_retries': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config_disable_resolution': 1,
  // A store's connections are its own: closing it closes them.
  'grpc.use_local_subchannel_pool': 1,
};

/** @throws RangeError for what is no list of endpoints; StoreError PERMISSION for keys that cannot be used */
export function parseEndpoints({ endpoints, tls, requestTimeout }: EtcdOptions): Endpoint[] {
  if (endpoints.length === 0) throw new RangeError('etcd needs an endpoint');
  if (!(requestTimeout > 0)) throw new RangeError(`a timeout of ${requestTimeout} ms leaves etcd no time to answer`);
  return endpoints.map((url) => {
    const { protocol, host, hostname, port, pathname } = URL.canParse(url) ? new URL(url) : new URL('none:');
    const secure = protocol === 'https:';
    if ((!secure && protocol !== 'http:') || port === '' || pathname !== '/')
      throw new RangeError(`'${url}' is no etcd endpoint: http://host:port or https://host:port`);
    if (tls !== undefined && !secure)
      throw new RangeError(`'${url}' would not be encrypted, but there are keys for TLS`);
    return {
      url,
      target: `dns:${host}`,
      credentials: secure ? secured(tls, bare(hostname)) : credentials.createInsecure(),
      options: isIP(bare(hostname)) === 0 ? CHANNEL_OPTIONS : { ...CHANNEL_OPTIONS, ...NAMELESS },
    };
  });
}

/** An IPv6 address without the brackets that it has in a URL. */
const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/**
 * RFC 6066 has no server names that are addresses, and Node complains of them, but grpc-js knows no way to send none.
 * What the certificate is checked against is another thing: see secured().
 */
const NAMELESS: ClientOptions = { 'grpc.ssl_target_name_override': 'etcd' };

function secured(tls: EtcdOptions['tls'], host: string): ChannelCredentials {
  const verify = {
    checkServerIdentity: (_: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
  };
  try {
    if (tls === undefined) return credentials.createSsl(null, null, null, verify);
    return credentials.createSsl(Buffer.from(tls.ca), Buffer.from(tls.key), Buffer.from(tls.cert), verify);
  } catch (cause) {
    throw new StoreError('PERMISSION', 'the certificates or the key for etcd cannot be used', { cause });
  }
}
