/** HTTP to the lab's hosts: a connection each, because hosts come and go, and a short patience. */
import { request } from 'node:http';

/** The answer's body. Rejected where none comes within `patience` ms, or its status is none of 200 to 299. */
export const ask = (url: string, body?: unknown, patience = 1000): Promise<string> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const asked = request(url, { method, agent: false, timeout: patience }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        clearTimeout(timer);
        const { statusCode = 0 } = response;
        if (statusCode >= 200 && statusCode < 300) resolve(text);
        else reject(new Error(`${url} answers ${statusCode}: ${text.slice(0, 200)}`));
      });
    });
    const timer = setTimeout(() => asked.destroy(new Error(`${url} does not answer`)), patience);
    asked.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
