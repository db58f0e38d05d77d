/** How commands speak to the lab's daemon: HTTP on a socket in a folder that is its user's alone. */
import { createServer, request, type Server } from 'node:http';
import { z } from 'zod';

export const labStatus = z.object({
  /** URL of the AWS API. */
  endpoint: z.string(),
  hosts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      privateAddress: z.string(),
      publicAddress: z.string().optional(),
      /** What systemd says of itself: running, degraded, starting…; `down` where there is none. */
      system: z.string(),
      /** What cloud-init says of the first boot: running, done, error… */
      firstBoot: z.string(),
      /** State of the council's own units, by their names. */
      units: z.record(z.string(), z.string()),
    }),
  ),
});
export type LabStatus = z.infer<typeof labStatus>;

/** Answers GET by name of what is asked, and POST by name of what is to be done. */
export interface ControlActions {
  readonly status: () => Promise<LabStatus>;
  readonly remove: () => Promise<void>;
}

export function serveControl(socket: string, actions: ControlActions): Promise<Server> {
  const server = createServer((message, response) => {
    const action = `${message.method} ${message.url}`;
    const done =
      action === 'GET /status'
        ? actions.status()
        : action === 'POST /remove'
          ? actions.remove().then(() => ({}))
          : Promise.reject(new Error(`no such action: ${action}`));
    done.then(
      (value: unknown) => response.end(JSON.stringify(value)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve(server));
  });
}

/** What the daemon answers. @throws Error with what it says, or that it does not answer */
export function ask(socket: string, method: 'GET' | 'POST', path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: socket, method, path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(text));
      });
    });
    call.on('error', reject);
    call.end();
  });
}
