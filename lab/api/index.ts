/** The part of AWS's API that hosts and operators' tools use, and the metadata of instances, over HTTP. */
export { ApiError } from './errors.ts';
export { type Api, type ApiArgs, serveApi } from './server.ts';
export type { Buckets, Hosts, Instance, Parameter, Parameters, ScriptResult, StoredObject, World } from './world.ts';
