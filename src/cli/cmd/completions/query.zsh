
# Words of a query: fields and, after a colon, values of the index.
_dateline_query() {
    local typed=${(Q)PREFIX}
    typed=${typed##*[[:space:]]}
    if [[ $typed != *:* ]]; then
        _dateline "$@"
        return
    fi
    local -a lines texts told
    lines=("${(@f)$(command dateline completions --word="$typed" 2>/dev/null)}")
    texts=("${(@)lines%%$'\t'*}")
    told=("${(@)lines/$'\t'/  -- }")
    compset -P '*[[:space:]]'
    compadd -U -S '' -l -d told -a texts
}
compdef _dateline_query dateline
