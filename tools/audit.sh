#!/bin/sh
# Checks one approval or one sealed record without docctl: git, ssh-keygen, sha256sum, sed and awk are enough.
#   sh audit.sh REPOSITORY-OR-BUNDLE COMMIT NUMBER [sha256:ROOT-FINGERPRINT]
# It proves bytes and signatures: the text at COMMIT, who signed it, that no rejection is open, and the rules records up to the root.
# It does not judge history, roles, slots or days: a leaver's back-dated signature looks good here (docctl verify judges position).
set -euf
export LC_ALL=C GIT_NO_REPLACE_OBJECTS=1 GIT_GRAFT_FILE=/dev/null GIT_ALLOW_PROTOCOL=file GIT_TERMINAL_PROMPT=0
unset GIT_DIR GIT_WORK_TREE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_INDEX_FILE GIT_COMMON_DIR GIT_NAMESPACE
repo=$1 commit=$2 number=$3 pinned=${4:-}
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
say() { printf '%s\n' "$*" | tr -c '\n\40-\176\200-\377' '?'; }
no() { say "NOT PROVED: $*"; exit 1; }
g() { git -C "$work/git" "$@"; }
blob() { g cat-file blob "$1:$2"; }
sum() { sha256sum | sed 's/^\([0-9a-f]*\).*/sha256:\1/'; }
list() { at=$1; shift; g ls-tree -r -z --full-tree "$at" -- "$@" | tr '\0' '\n'; }
manifest() { # commit, what to strip from paths, files…: the digest that signatures cover (SHA-256 of a list of SHA-256)
    from=$1 strip=$2; shift 2
    list "$from" "$@" | while IFS='	' read -r what path; do
        id=${what##* }
        [ "${what%% *}" = 100644 ] || printf '%s\n' "not-an-ordinary-file $path"
        printf '%s\n' "$(g cat-file blob "$id" | sha256sum | cut -c1-64) $(g cat-file -s "$id") ${path#"$strip"}"
    done | sort -k3 | { echo "docctl-content 1"; cat; } | sum
}
signed() { ssh-keygen -Y verify -f "$work/signers" -I "$3" -n "$4" -s "$2" <"$1" >/dev/null 2>&1; } # text, signature, who, namespace
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }
rule_files() {
    echo .docctl/settings.yaml .docctl/people.yaml .docctl/root.json .docctl/standards mkdocs.yml .gitattributes .gitmodules \
        .gitlab-ci.yml Jenkinsfile .pre-commit-config.yaml overrides theme .github .ci .gitea .forgejo .woodpecker .circleci
    g ls-tree --name-only "$1" | sed -n '/^\.woodpecker/p; /^\.gitlab-ci\..*\.yml$/p; /^mkdocs\..*\.yml$/p; /^mkdocs\.yaml$/p' | sort -u
}

# A copy of one's own: git proves every object while it fetches, and no setting of the repository counts.
git clone -q --mirror --no-local -- "$repo" "$work/git" 2>"$work/said" || no "cannot copy $repo: $(tail -n 1 "$work/said")"
[ "$(g rev-parse --is-shallow-repository)" = false ] || no "the history was cut off; take a full clone or bundle"
case $commit in -*) no "no commit $commit" ;; esac
commit=$(g rev-parse -q --verify "$commit^{commit}") || no "no commit $2"
odd=$(g ls-tree -r -z --name-only --full-tree "$commit" -- documents records statements .docctl | tr -d '\0\40-\176\200-\377' | wc -c)
[ "$odd" -eq 0 ] || no "names with control characters"
case $number in '' | *[!A-Z0-9-]*) no "$number is no number" ;; esac
folder=$(list "$commit" documents records | sed -n "s|^[^	]*	\([a-z]*/\(.*/\)\{0,1\}$number\(-[^A-Z0-9/][^/]*\)\{0,1\}\)/index.md$|\1|p")
[ -n "$folder" ] || no "no document or record $number at $2"
[ "$(printf '%s\n' "$folder" | wc -l)" -eq 1 ] || no "$number stands more than once"
! printf '%s\n' "${folder%/*}" | grep -Eq '/[A-Z0-9]+(-[A-Z0-9]+)+(-|/|$)' || no "$folder lies inside of another document"
digest=$(manifest "$commit" "$folder/" "$folder")
say "$number: $folder"; say "content $digest"

# The rules, record by record: each follows the one before it, covers the rule files, and the root of before signed it. One
# signature is enough only for closing (docctl verify judges that), so the registry before it goes on counting here.
last=0 before=null rules=
for record in $(list "$commit" .docctl/log | sed -n 's|.*	\(.docctl/log/[0-9]\{4\}\.json\)$|\1|p'); do
    at=$(g log -m --first-parent --diff-filter=A --format=%H -n 1 "$commit" -- "$record")
    blob "$commit" "$record" >"$work/record"; n=$(field n <"$work/record")
    [ "$n" -eq $((last + 1)) ] && [ "$(field previous <"$work/record")" = "$before" ] || no "$record does not follow the one before it"
    [ "$(field digest <"$work/record")" = "$(manifest "$at" "" $(rule_files "$at"))" ] || no "the rule files are not those of $record"
    blob "${rules:-$at}" .docctl/root.json >"$work/root"; needed=$(field threshold <"$work/root")
    [ "$last" -gt 0 ] || [ -z "$pinned" ] || [ "$(sum <"$work/root")" = "$pinned" ] || no "another root than the pinned one"
    tr '}' '\n' <"$work/root" | sed -n 's/.*"key":"\([^"]*\)","person":"\([^"]*\)".*/\2 \1/p' >"$work/signers"
    count=0
    for who in $(cut -d' ' -f1 "$work/signers" | sort -u); do
        blob "$commit" "${record%.json}.$who.sig" >"$work/sig" 2>/dev/null && signed "$work/record" "$work/sig" "$who" rules-v1@docctl && count=$((count + 1))
    done
    [ "$count" -ge 1 ] && { [ "$last" -gt 0 ] || [ "$count" -ge "$needed" ]; } || no "only $count root signatures on $record"
    say "rules record $n: $count root signatures of $needed"
    [ "$count" -lt "$needed" ] || rules=$at
    last=$n before=$(sum <"$work/record")
done
[ "$last" -gt 0 ] || no "no rules record"
[ "$(field digest <"$work/record")" = "$(manifest "$commit" "" $(rule_files "$commit"))" ] || no "the rule files are not those of $record"

# The people registry says whose key is whose; each statement on exactly these bytes is checked with its signer's keys alone.
blob "$rules" .docctl/people.yaml | awk '/^[^ #]/ { on = /^people:/; deep = 0 } /^ *#/ { next } { sub(/ #.*/, "") }
    on && /^ +[a-z][a-z0-9._-]*:/ { match($0, /^ +/); deep = deep ? deep : RLENGTH; if (RLENGTH == deep) { who = $1; sub(":.*", "", who) } }
    on { while (match($0, /(ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA[A-Za-z0-9+\/=]+/)) { print who, substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH) } }' >"$work/signers"
text='"([^"\\]|\\.)*"' some='(null|"[^"\\]*")'
shape="^\{\"comment\":$text,\"decided_at\":\"[0-9TZ:-]+\",\"decision\":\"[a-z]+\",\"digest\":\"sha256:[0-9a-f]+\",\"document\":\"$number\",\"effective_from\":$some,\"repository\":\"[0-9a-f-]+\",\"role\":\"[a-z0-9-]+\",\"rules\":[0-9]+,\"schema\":\"docctl/statement/v1\",\"signer\":\"[a-z0-9._-]+\",\"supersedes\":$some,\"target\":$some,\"version\":$some\}\$"
decisions="" revoked="" && : >"$work/closings"
for round in revoke all; do
    for path in $(list "$commit" "statements/$number" | sed -n 's|.*	\(.*\.json\)$|\1|p' | tr ' ' '?'); do
        blob "$commit" "$path" >"$work/json" && blob "$commit" "${path%.json}.sig" >"$work/sig" || no "$path: cannot be read with its signature"
        who=$(field signer <"$work/json") what=$(field decision <"$work/json") id=$(sum <"$work/json")
        if [ $round = revoke ]; then [ "$what" = revoke ] || continue; else
            case "$folder:$what" in records/*:seal | records/*:correct) ;; *) [ "$(field digest <"$work/json")" = "$digest" ] || continue ;; esac
        fi
        [ "$(wc -l <"$work/json")" -eq 1 ] && grep -Eq "$shape" "$work/json" || no "$path is no statement on $number"
        version=$(field version <"$work/json" | sed 's|/|-|; s/^null$/record/')
        [ "$path" = "statements/$number/$version/$who.$what.$(printf %s "${id#sha256:}" | cut -c1-12).json" ] || no "$path is filed in another place"
        [ "$(field repository <"$work/json")" = "$(field repository <"$work/root")" ] || no "$path is for another repository"
        signed "$work/json" "$work/sig" "$who" statement-v1@docctl || no "$path: not signed by $who"
        if [ $round = revoke ]; then revoked="$revoked $who:$(field target <"$work/json")"; continue; fi
        case "$revoked " in *" $who:$id "*) say "$what by $who: revoked"; continue ;; esac
        [ "$what" != reject ] || no "rejected by $who"
        case $what in seal | correct) say "$(field decided_at <"$work/json") $what $(field digest <"$work/json")" >>"$work/closings" ;; esac
        [ "$(field digest <"$work/json")" = "$digest" ] || continue
        say "$what by $who ($(field role <"$work/json")) at $(field decided_at <"$work/json"): good signature"
        decisions="$decisions $what "
    done
done
case $folder in records/*)
    case "$(sort "$work/closings" | tail -n 1)" in *" $digest") ;; *) no "the last seal or correction is of other bytes" ;; esac
    [ "$(sed -n 's/.* seal //p' "$work/closings" | sort -u | wc -l)" -eq 1 ] || no "sealed more than once, or never" ;;
esac
case "${folder%%/*}:$decisions" in
documents:*" approve "*" release "* | documents:*" release "*" approve "*) say "PROVED: approved and released" ;;
documents:*" withdraw "*" release "* | documents:*" release "*" withdraw "*) say "PROVED: withdrawn" ;;
records:*" seal "* | records:*" correct "*) say "PROVED: sealed" ;;
*) no "approval or release (of a record: the seal) missing on these bytes" ;;
esac
