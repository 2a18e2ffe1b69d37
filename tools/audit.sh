#!/bin/sh
# Checks one approval without docctl: git, ssh-keygen, sha256sum, sed and awk are enough.
#   sh audit.sh REPOSITORY COMMIT NUMBER [sha256:ROOT-FINGERPRINT]
# It proves bytes and signatures: the text at COMMIT, the people registry, the rules record and the root.
# It does not judge history, roles or days: a leaver's back-dated signature looks good here (docctl verify judges position).
set -eu
export LC_ALL=C GIT_NO_REPLACE_OBJECTS=1
repo=$1 commit=$2 number=$3 pinned=${4:-}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
g() { git -C "$repo" "$@"; }
no() { echo "NOT PROVED: $*"; exit 1; }
blob() { g cat-file blob "$commit:$1"; }
list() { g ls-tree -r -z --full-tree "$commit" -- "$@" | tr '\0' '\n'; }
manifest() { # folder files…: the digest that signatures cover (SHA-256 of a list of SHA-256)
    strip=$1; shift
    list "$@" | while IFS='	' read -r what path; do
        id=${what##* }
        [ "${what%% *}" = 100644 ] || echo "not-an-ordinary-file $path"
        echo "$(g cat-file blob "$id" | sha256sum | cut -c1-64) $(g cat-file -s "$id") ${path#"$strip"}"
    done | sort -k3 | { echo "docctl-content 1"; cat; } | sha256sum | sed 's/^\([0-9a-f]*\).*/sha256:\1/'
}
signed() { # statement file, signature file, signer, namespace
    ssh-keygen -Y verify -f "$work/signers" -I "$3" -n "$4" -s "$2" <"$1" >/dev/null 2>&1
}
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

folder=$(list documents | sed -n "s|^[^	]*	\(documents/.*/$number\(-[^/]*\)\{0,1\}\)/index.md$|\1|p")
[ -n "$folder" ] || no "no document $number at $commit"
digest=$(manifest "$folder/" "$folder")
echo "$number: $folder"; echo "content $digest"

# The rules: the last record of the log covers the rule files, and the root signed it.
record=$(list .docctl/log | sed -n 's|.*	\(.docctl/log/[0-9]*.json\)$|\1|p' | sort | tail -n 1)
rules=$(manifest "" .docctl/settings.yaml .docctl/people.yaml .docctl/root.json .docctl/standards mkdocs.yml .gitattributes .gitmodules \
    .gitlab-ci.yml Jenkinsfile .pre-commit-config.yaml overrides theme .github .ci .gitea .forgejo .woodpecker .circleci)
blob "$record" >"$work/record"; blob .docctl/root.json >"$work/root"
[ "$(field digest <"$work/record")" = "$rules" ] || no "the rule files are not those of $record"
[ -z "$pinned" ] || [ "sha256:$(sha256sum <"$work/root" | cut -c1-64)" = "$pinned" ] || no "another root than the pinned one"
tr '}' '\n' <"$work/root" | sed -n 's/.*"key":"\([^"]*\)","person":"\([^"]*\)".*/\2 \1/p' >"$work/signers"
count=0
for who in $(cut -d' ' -f1 "$work/signers" | sort -u); do
    blob "${record%.json}.$who.sig" >"$work/sig" 2>/dev/null && signed "$work/record" "$work/sig" "$who" rules-v1@docctl && count=$((count + 1))
done
[ "$count" -ge "$(field threshold <"$work/root")" ] || no "only $count root signatures on $record"
echo "rules record ${record##*/}: $count root signatures"

# The people registry says whose key is whose; each statement on exactly these bytes is checked with its signer's keys alone.
blob .docctl/people.yaml | awk '/^  [a-z][a-z0-9._-]*:/ { who = $1; sub(":.*", "", who) }
    { while (match($0, /(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA[A-Za-z0-9+\/=]+/)) { print who, substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH) } }' >"$work/signers"
decisions=""
for path in $(list "statements/$number" | sed -n 's|.*	\(.*\.json\)$|\1|p'); do
    blob "$path" >"$work/json"; blob "${path%.json}.sig" >"$work/sig"
    [ "$(field digest <"$work/json")" = "$digest" ] && [ "$(field document <"$work/json")" = "$number" ] || continue
    [ "$(field repository <"$work/json")" = "$(field repository <"$work/root")" ] || no "$path is for another repository"
    who=$(field signer <"$work/json") what=$(field decision <"$work/json")
    signed "$work/json" "$work/sig" "$who" statement-v1@docctl || no "$path: not signed by $who"
    echo "$what by $who ($(field role <"$work/json")) at $(field decided_at <"$work/json"): good signature"
    decisions="$decisions $what"
done
case "$decisions" in *approve*release* | *release*approve* | *withdraw*release* | *release*withdraw*) echo "PROVED: approved and released" ;; *) no "approval or release missing on these bytes" ;; esac
