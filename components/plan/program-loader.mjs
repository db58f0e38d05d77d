/** Node's loading of modules, but that of the program, in place of which its bundle is run. It works in a thread of its own. */

let programUrl;

/** @param {string} url of the program's file */
export function initialize(url) {
  programUrl = url;
}

export async function load(url, context, next) {
  if (url !== programUrl) return next(url, context);
  const [program, bundle] = ['program.mjs', 'bundle.mjs'].map((name) =>
    JSON.stringify(new URL(name, import.meta.url).href),
  );
  const source = `
    import { file, text } from ${program};
    import { evaluated } from ${bundle};
    export default evaluated(file, await text);
  `;
  return { format: 'module', shortCircuit: true, source };
}
