/**
 * What is secret in these tests, each of a look that nothing else has: so a search for them finds them wherever they went,
 * as they are or encoded.
 */
export const SECRETS = {
  /** A contact that is secret in the stack's file; it is the address of the alarms' subscription. */
  onCallContact: 'on-call-7c41e9@recognisable.example',
  /** Written to SSM from the operator's side, as the hosts' secrets are. */
  etcdKey: 'RECOGNISABLE-ETCD-KEY-5d0b77',
  /** The credentials that `pulumi` runs with. */
  awsSecretKey: 'RECOGNISABLE/AWS+SECRET+KEY+93aa10f4',
  passphrase: 'recognisable-passphrase-20f6c8',
} as const;

/** Where secrets were found, as `NAME in PLACE`; none where there are none. */
export function leaks(places: Readonly<Record<string, string>>): string[] {
  return Object.entries(SECRETS).flatMap(([name, secret]) => {
    const octets = Buffer.from(secret);
    const forms = [secret, octets.toString('hex'), ...base64Cores(octets), encodeURIComponent(secret)];
    return Object.entries(places).flatMap(([place, text]) =>
      forms.some((form) => text.includes(form)) ? [`${name} in ${place}`] : [],
    );
  });
}

/** What base64 makes of octets at each of the three places that they can have in what is encoded, without its ends. */
function base64Cores(octets: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), octets]).toString('base64');
    return encoded.slice(offset === 0 ? 0 : 4, Math.floor(((offset + octets.length) * 8) / 6) - 1);
  });
}
