/** GitHub's REST API for this repository, with the token of the workflow's job. */

/** Whom the token of a workflow writes as. */
export const BOT = 'github-actions[bot]';

const PAGE = 100;
/** Pages that are looked through: 5,000 comments. */
const MOST_PAGES = 50;

export class GitHubApi {
  #base;
  #token;

  /** @throws {Error} that names the variable which is missing */
  constructor(env) {
    for (const name of ['GITHUB_TOKEN', 'GITHUB_REPOSITORY']) if (!env[name]) throw new Error(`${name} is not set`);
    this.#base = `${env.GITHUB_API_URL ?? 'https://api.github.com'}/repos/${env.GITHUB_REPOSITORY}`;
    this.#token = env.GITHUB_TOKEN;
  }

  async call(method, path, body) {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`${method} ${path}: GitHub answers ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** The first item of a list for which `test` holds, page by page. */
  async find(path, test) {
    const separator = path.includes('?') ? '&' : '?';
    for (let page = 1; page <= MOST_PAGES; page++) {
      const items = await this.call('GET', `${path}${separator}per_page=${PAGE}&page=${page}`);
      const found = items.find(test);
      if (found !== undefined || items.length < PAGE) return found;
    }
    return undefined;
  }
}

/** The report in the environment, and its first line, by which it is found again. */
export function reportOf({ REPORT: report = '' }) {
  const marker = report.split('\n', 1)[0];
  if (!/^<!-- guardian-council [a-z]+: [a-z0-9-]+ -->$/.test(marker)) throw new Error('REPORT is no report');
  return { report, marker };
}

/** A number of an issue or a pull request. */
export function numberOf(text) {
  if (!/^[1-9]\d{0,9}$/.test(text ?? '')) throw new Error(`${text} is no number of a pull request`);
  return Number(text);
}
