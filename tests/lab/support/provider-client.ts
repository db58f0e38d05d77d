import { credentials } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as messages from '@pulumi/pulumi/proto/provider_pb.js';
import pb from '@pulumi/pulumi/proto/provider_pb.js';
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Value, Values } from '../../../lab/provider/index.ts';

/** A call as the generated client has it. */
type Method<Request, Response> = (
  request: Request,
  callback: (error: Error | null, response: Response) => void,
) => unknown;

function call<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
  return new Promise((resolve, reject) => {
    method(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

const toStruct = (values: Values) => struct.Struct.fromJavaScript(JSON.parse(JSON.stringify(values)));
const fromStruct = (message: { toJavaScript(): Record<string, unknown> } | undefined): Record<string, Value> =>
  JSON.parse(JSON.stringify(message?.toJavaScript() ?? {}));

export interface Diffed {
  readonly changes: 'none' | 'some';
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Paths of the detailed difference, with their kind as the protocol numbers it. */
  readonly detail: Readonly<Record<string, number>>;
}

/** Does to a provider what the engine does, one call at a time, and no more. */
export class ProviderClient {
  readonly #client: ResourceProviderClient;
  readonly #stack: string;

  constructor(port: number, stack = 'test') {
    this.#client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    this.#stack = stack;
  }

  urn(type: string, name: string): string {
    return `urn:pulumi:${this.#stack}::guardian-council::guardian-council:test:Parent$${type}::${name}`;
  }

  close(): void {
    this.#client.close();
  }

  async checkConfig(config: Values): Promise<string[]> {
    const request = new pb.CheckRequest();
    request.setNews(toStruct(config));
    const response = await call<messages.CheckRequest, messages.CheckResponse>(
      this.#client.checkConfig.bind(this.#client),
      request,
    );
    return response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`);
  }

  async configure(config: Values): Promise<void> {
    const request = new pb.ConfigureRequest();
    request.setArgs(toStruct(config));
    await call<messages.ConfigureRequest, messages.ConfigureResponse>(
      this.#client.configure.bind(this.#client),
      request,
    );
  }

  /** @returns the checked inputs, and what is wrong with them as `property: reason` */
  async check(
    type: string,
    name: string,
    news: Values,
    olds: Values = {},
  ): Promise<{ inputs: Values; failures: string[] }> {
    const request = new pb.CheckRequest();
    request.setUrn(this.urn(type, name));
    request.setNews(toStruct(news));
    request.setOlds(toStruct(olds));
    request.setRandomseed(Buffer.alloc(32, 7));
    const response = await call<messages.CheckRequest, messages.CheckResponse>(
      this.#client.check.bind(this.#client),
      request,
    );
    const failures = response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`);
    return { inputs: fromStruct(response.getInputs()), failures };
  }

  async diff(type: string, name: string, id: string, oldInputs: Values, news: Values): Promise<Diffed> {
    const request = new pb.DiffRequest();
    request.setId(id);
    request.setUrn(this.urn(type, name));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    const response = await call<messages.DiffRequest, messages.DiffResponse>(
      this.#client.diff.bind(this.#client),
      request,
    );
    const detail: Record<string, number> = {};
    response.getDetaileddiffMap().forEach((value, path) => {
      detail[path] = value.getKind();
    });
    return {
      changes: response.getChanges() === pb.DiffResponse.DiffChanges.DIFF_NONE ? 'none' : 'some',
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      detail,
    };
  }

  /** Creates what was checked already. */
  async create(
    type: string,
    name: string,
    inputs: Values,
    preview = false,
  ): Promise<{ id: string; outputs: Record<string, Value> }> {
    const request = new pb.CreateRequest();
    request.setUrn(this.urn(type, name));
    request.setProperties(toStruct(inputs));
    request.setPreview(preview);
    const response = await call<messages.CreateRequest, messages.CreateResponse>(
      this.#client.create.bind(this.#client),
      request,
    );
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  }

  /** Checks and creates; refused inputs are an error with every failure in it. */
  async make(type: string, name: string, news: Values): Promise<{ id: string; outputs: Record<string, Value> }> {
    const { inputs, failures } = await this.check(type, name, news);
    if (failures.length > 0) throw new Error(`${type} ${name}: ${failures.join('; ')}`);
    return await this.create(type, name, inputs);
  }

  async update(
    type: string,
    name: string,
    id: string,
    oldInputs: Values,
    news: Values,
  ): Promise<Record<string, Value>> {
    const request = new pb.UpdateRequest();
    request.setId(id);
    request.setUrn(this.urn(type, name));
    request.setOldInputs(toStruct(oldInputs));
    request.setNews(toStruct(news));
    const response = await call<messages.UpdateRequest, messages.UpdateResponse>(
      this.#client.update.bind(this.#client),
      request,
    );
    return fromStruct(response.getProperties());
  }

  /** What is there now; undefined where it is gone. */
  async read(type: string, name: string, id: string): Promise<{ inputs: Values; outputs: Values } | undefined> {
    const request = new pb.ReadRequest();
    request.setId(id);
    request.setUrn(this.urn(type, name));
    const response = await call<messages.ReadRequest, messages.ReadResponse>(
      this.#client.read.bind(this.#client),
      request,
    );
    if (response.getId() === '') return undefined;
    return { inputs: fromStruct(response.getInputs()), outputs: fromStruct(response.getProperties()) };
  }

  async delete(type: string, name: string, id: string): Promise<void> {
    const request = new pb.DeleteRequest();
    request.setId(id);
    request.setUrn(this.urn(type, name));
    await call(this.#client.delete.bind(this.#client), request);
  }

  async invoke(token: string, args: Values): Promise<{ result: Values; failures: string[] }> {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(toStruct(args));
    const response = await call<messages.InvokeRequest, messages.InvokeResponse>(
      this.#client.invoke.bind(this.#client),
      request,
    );
    return {
      result: fromStruct(response.getReturn()),
      failures: response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`),
    };
  }
}
