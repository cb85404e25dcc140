
# Words of a query: fields and, after a colon, values of the index.
_dateline_query() {
    local typed=${(Q)PREFIX} ret=1
    typed=${typed##*[[:space:]]}
    if [[ $typed != *:* ]]; then
        _dateline "$@" && ret=0
        [[ $typed == [a-z]* ]] && (( CURRENT > 2 )) || return ret
    fi
    local -a lines texts told
    lines=("${(@f)$(command dateline completions --word="$typed" 2>/dev/null)}")
    [[ -n $lines ]] || return ret
    texts=("${(@)lines%%$'\t'*}")
    told=("${(@)lines/$'\t'/  -- }")
    compset -P '*[[:space:]]'
    compadd -U -S '' -l -d told -a texts
}
compdef _dateline_query dateline
# Where this file was loaded by the first key.
[[ $funcstack[1] != _dateline ]] || _dateline_query "$@"
