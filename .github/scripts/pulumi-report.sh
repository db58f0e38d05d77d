#!/usr/bin/env bash
# Runs Pulumi on a stack and reports what it did to whoever looks: the log of the run, its summary, and the output
# `report` of the step. Ends as Pulumi does.
#   pulumi-report.sh preview|drift|up|destroy STACK
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  echo "$1" >&2
  echo 'usage: pulumi-report.sh preview|drift|up|destroy STACK' >&2
  exit 2
}
[ "$#" -eq 2 ] || usage "2 arguments are needed, not $#"
mode=$1 stack=$2
[[ $stack =~ ^[a-z][a-z0-9-]{0,62}$ ]] || usage "$(printf 'STACK: %q is no name of a stack' "$stack")"

arguments=(--stack "$stack" --non-interactive --color never --diff)
case $mode in
  preview) arguments=(preview "${arguments[@]}" --policy-pack policy) ;;
  drift) arguments=(preview "${arguments[@]}" --refresh --expect-no-changes) ;;
  up) arguments=(up "${arguments[@]}" --yes --policy-pack policy) ;;
  destroy)
    .github/scripts/rollback-name.sh "$stack" "$stack"
    arguments=(destroy "${arguments[@]}" --yes)
    ;;
  *) usage "$(printf 'preview, drift, up or destroy, not %q' "$mode")" ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The event log is what Pulumi's Automation API reads; its option is there with debug commands alone.
status=0
PULUMI_DEBUG_COMMANDS=true PULUMI_SKIP_UPDATE_CHECK=true \
  pulumi "${arguments[@]}" --event-log "$work/events" 2>&1 | tee "$work/log" || status=${PIPESTATUS[0]}

node .github/scripts/report.mjs --mode "$mode" --stack "$stack" --exit-code "$status" \
  --events "$work/events" --log "$work/log" >"$work/report"

[ -z "${GITHUB_STEP_SUMMARY-}" ] || cat "$work/report" >>"$GITHUB_STEP_SUMMARY"
if [ -n "${GITHUB_OUTPUT-}" ]; then
  # No line of a report can be this one: nobody knows it before.
  end="end-$(node --print 'crypto.randomUUID()')"
  { echo "report<<$end" && cat "$work/report" && echo "$end"; } >>"$GITHUB_OUTPUT"
fi
exit "$status"
