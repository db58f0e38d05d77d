#!/usr/bin/env node
/**
 * Ends the lease that a gatekeeper left behind when it died, so that the other one need not wait until it runs out:
 * `node release-lease.mjs --data-dir DIR`. It ends the lease in DIR/ha/lease.json and no other, and takes the file away.
 *
 * Plain JavaScript and Node's own modules, those for TLS only where needed: every millisecond of its start is one in
 * which nobody leads. Exit codes: 0 the lease is gone, or there was none; 1 else, with the reason.
 */
import { readFileSync, unlinkSync } from 'node:fs';

/** Milliseconds for everything: the lease itself lasts no more than twice that. */
const PATIENCE = 1000;

/** HTTP status and gRPC code with which etcd says that there is no such lease. */
const NOT_FOUND = { status: 404, code: 5 };

function fail(message) {
  console.error(`release-lease: ${message}`);
  // At once: connections that hang hold nobody up.
  process.exit(1);
}

const because = (error) => (error instanceof Error ? error.message : String(error)).trim();

const isText = (value) => typeof value === 'string' && value !== '';

function fileName() {
  const [option, folder, ...rest] = process.argv.slice(2);
  if (option === '--data-dir' && isText(folder) && rest.length === 0) return `${folder}/ha/lease.json`;
  return fail('usage: node release-lease.mjs --data-dir DIR');
}

/** What the gatekeeper noted; `undefined` where it noted nothing. */
function note(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    return fail(because(error));
  }
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail(`${file}: ${because(error)}`);
  }
  const { lease, endpoints } = value ?? {};
  const isLease = isText(lease) && /^-?[0-9]{1,19}$/.test(lease);
  const areEndpoints = Array.isArray(endpoints) && endpoints.length > 0 && endpoints.every((url) => URL.canParse(url));
  return isLease && areEndpoints ? value : fail(`${file}: names no lease with its etcd endpoints`);
}

/** Asks one member through etcd's JSON gateway. Rejects unless the lease is gone. */
function revoke(request, endpoint, options, body) {
  return new Promise((resolve, reject) => {
    const call = request(new URL('/v3/lease/revoke', endpoint), {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      ...options,
    });
    const refuse = (why) => reject(new Error(`${endpoint}: ${why}`));
    call.on('error', (error) => refuse(because(error)));
    call.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more) => {
        text += more;
      });
      response.on('error', (error) => refuse(because(error)));
      response.on('end', () => {
        if (response.statusCode === 200 || isNotFound(response.statusCode, text)) resolve();
        else refuse(`${response.statusCode} ${text.trim()}`);
      });
    });
    call.end(body);
  });
}

/** Some other page that is not there says nothing about the lease. */
function isNotFound(status, text) {
  try {
    return status === NOT_FOUND.status && JSON.parse(text).code === NOT_FOUND.code;
  } catch {
    return false;
  }
}

const file = fileName();
const noted = note(file);
if (noted !== undefined) {
  const { lease, endpoints, caFile, certFile, keyFile } = noted;
  setTimeout(() => fail(`no etcd member ended the lease within ${PATIENCE} ms`), PATIENCE);
  try {
    const read = (name, path) => (isText(path) ? { [name]: readFileSync(path) } : {});
    const keys = { ...read('ca', caFile), ...read('cert', certFile), ...read('key', keyFile) };
    const isSecure = endpoints.some((url) => url.startsWith('https:'));
    const { request } = await (isSecure ? import('node:https') : import('node:http'));
    const body = JSON.stringify({ ID: lease });
    await Promise.any(endpoints.map((endpoint) => revoke(request, endpoint, keys, body)));
    unlinkSync(file);
  } catch (error) {
    fail(error instanceof AggregateError ? error.errors.map(because).join('; ') : because(error));
  }
  process.exit(0);
}
