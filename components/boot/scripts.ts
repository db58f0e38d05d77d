import { CONFIG, METRICS, RELEASES, SECRETS, STATE } from './names.ts';
import type { SecretFiles } from './secret-files.ts';

/** An empty file for each witness file that is in the archive. */
const SHIPPED = '/var/lib/council-witness';

/** Facts of the host for our scripts; `aws` reads its region from there too. */
export const HOST_ENVIRONMENT = `${CONFIG}/host.env`;

/**
 * Reads the secrets of this host from SSM. A parameter `<secrets path>/<owner>/<file>` becomes the file `<owner>/<file>`
 * that only that owner can read. At the first boot it waits until all are there that are made for the host: they are
 * written one by one, and it must not be content with half of them. Later it does with those of the last boot, so that a
 * host starts while SSM is out of reach.
 * @param secrets by owner; what other owners have belongs to root
 */
export function secretsScript(secrets: Readonly<Record<string, SecretFiles>>): string {
  const owners = Object.entries(secrets);
  const users = owners.flatMap(([owner, { user }]) => (user === 'root' ? [] : [`[${owner}]=${user}`]));
  const needed = owners.flatMap(([owner, { made }]) => (made.length === 0 ? [] : [`${owner}/${braces(made)}`]));
  return `#!/bin/bash
set -euo pipefail
umask 077
declare -A users=(${users.join(' ')})
install -d -m 0711 ${SECRETS}
cd ${SECRETS}
until found=$(aws ssm get-parameters-by-path --path "$SECRETS_PATH" --recursive --with-decryption |
  jq -e 'select($ARGS.positional-[.Parameters[].Name]==[])' --args "$SECRETS_PATH"/${braces(needed)}); do
  [[ -e .complete ]] && echo 'those of the last boot stay' >&2 && exit
  echo "waiting for all secrets below $SECRETS_PATH" >&2
  sleep 30
done
jq -r '.Parameters[] | "\\(.Name) \\(.Value | @base64)"' <<<"$found" | while read -r name value; do
  file=\${name#"$SECRETS_PATH"/}
  [[ $file =~ ^[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._-]*$ ]] || { echo "left out: $name" >&2 && continue; }
  user=\${users[\${file%/*}]:-root}
  install -d -m 0700 -o "$user" "\${file%/*}"
  base64 -d <<<"$value" >.draft
  chown "$user" .draft
  mv .draft "$file"
done
touch .complete
`;
}

/** Several words in few octets, for bash to spell out. */
const braces = (words: readonly string[]): string => (words.length === 1 ? words.join() : `{${words.join(',')}}`);

/**
 * Makes the wanted release the current one, with the Node.js that it names: both are fetched by their SHA-256, verified,
 * unpacked beside the others, and switched to in one step. Whatever goes wrong, the current one stays as it was.
 *
 * Before there is a release for this host, its parameter is `none` or absent. While SSM is out of reach the current one
 * stays. Of the others the three that were current last stay too, since a host may go back to them or still run one; and
 * whatever Node.js one of the four needs.
 */
export const RELEASE_SCRIPT = `#!/bin/bash
set -euo pipefail
install -d ${RELEASES}
cd ${RELEASES}
exec 9>.lock
flock 9
rm -rf .draft.*
draft=$(mktemp -d .draft.XXXXXX)
trap 'rm -rf "$draft"' EXIT
if ! wanted=$(aws ssm get-parameter --name "$RELEASE_PARAMETER" --query Parameter.Value --output text 2>"$draft/why"); then
  if grep -q ParameterNotFound "$draft/why"; then
    wanted=none
  else
    cat "$draft/why" >&2
    [[ -e current ]] || exit 1
    echo 'the wanted release cannot be asked for; the current one stays' >&2
    exit 0
  fi
fi
if [[ $wanted == none ]]; then
  echo 'no release is wanted yet'
  exit 0
fi
if [[ ! $wanted =~ ^[0-9a-f]{64}$ ]]; then
  echo "$RELEASE_PARAMETER must hold none or 64 hex digits" >&2
  exit 1
fi
fetch() {
  aws s3 cp --only-show-errors "s3://$RELEASE_BUCKET/$1/$2.tar.gz" "$draft/$2"
  sha256sum --check --quiet <<<"$2  $draft/$2"
}
if [[ ! -d $wanted ]]; then
  fetch releases "$wanted"
  mkdir "$draft/tree"
  tar --extract --gzip --no-same-owner --file "$draft/$wanted" --directory "$draft/tree"
  node=$(jq -er '.node.sha256 | select(test("^[0-9a-f]{64}$"))' "$draft/tree/release.json")
  if [[ ! -d node-$node ]]; then
    fetch runtimes "$node"
    mkdir "$draft/node"
    tar --extract --gzip --no-same-owner --file "$draft/$node" --directory "$draft/node" --strip-components=1 --wildcards '*/bin/node'
    "$draft/node/bin/node" --version >/dev/null
    sync --file-system "$draft"
    mv --no-target-directory "$draft/node" "node-$node"
  fi
  ln --symbolic "../node-$node/bin/node" "$draft/tree/node"
  sync --file-system "$draft"
  mv --no-target-directory "$draft/tree" "$wanted"
fi
ln --symbolic --force --no-dereference "$wanted" .current
mv --no-target-directory .current current
touch "$wanted"
find . -maxdepth 1 -type d -regextype egrep -regex './[0-9a-f]{64}' -printf '%T@ %f\\n' | sort --reverse --numeric-sort |
  tail --lines=+5 | cut --delimiter=' ' --fields=2 | xargs --no-run-if-empty rm -rf
for node in node-*; do
  grep --fixed-strings "/$node/" <<<"$(readlink -- */node)" >/dev/null || rm -rf "$node"
done
echo "the current release is $wanted"
`;

/**
 * Puts each witness file of a past day (UTC) into the archive, once: the host may add there, but neither list nor read,
 * so it remembers what it has sent; today's too where TODAY is none. A file that was written to in
 * the last QUIET minutes is left for later. In one piece, since an upload in parts would have to read its key.
 */
export const WITNESS_SCRIPT = `#!/bin/bash
set -euo pipefail
cd ${STATE}/logs 2>/dev/null || exit 0
today=\${TODAY:-$(date -u +%Y%m%d)}
find . -type f -name '*_????????.jsonl' ! -name "*_$today.jsonl" -mmin "+\${QUIET:-10}" -printf '%P\\n' | sort |
  while read -r file; do
    [[ -e ${SHIPPED}/$file ]] && continue
    aws s3api put-object --bucket "$WITNESS_BUCKET" --key "$WITNESS_PREFIX/$file" --body "$file" --checksum-algorithm SHA256 >/dev/null
    install -D -m 0600 /dev/null "${SHIPPED}/$file"
  done
`;

/**
 * Tells how a run of a backup's unit ended, as its ExecStopPost, and when the last one ended well; `$1` names the backup.
 * Prometheus alerts where that is too long ago, where a run failed and where nothing is told.
 */
export const BACKUP_RESULT_SCRIPT = `#!/bin/bash
set -euo pipefail
umask 022
install -d ${METRICS}
file=${METRICS}/council-$1.prom
success=council_backup_last_success_timestamp_seconds
last=$(sed -n "s/^$success{.*} //p" "$file" 2>/dev/null || true)
failed=1
if [[ $SERVICE_RESULT == success ]]; then
  failed=0
  last=$(date +%s)
fi
{
  printf 'council_backup_failed{backup="%s"} %s\\n' "$1" "$failed"
  [[ -z $last ]] || printf '%s{backup="%s"} %s\\n' "$success" "$1" "$last"
} >"$file.draft"
mv "$file.draft" "$file"
`;
