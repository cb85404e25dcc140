
# Words of a query: fields and, after a colon, values of the index.
_dateline_query() {
    local line=${COMP_LINE:0:COMP_POINT} current=$2 typed found=() one cut
    typed=${line##*[[:space:]\'\"]}
    COMPREPLY=()
    if [[ $typed != *:* ]]; then
        _dateline "$@"
        [[ -n $typed && $typed == [a-z]* ]] || return 0
    fi
    while IFS=$'\t' read -r one _; do
        found+=("$one")
    done < <(command "${COMP_WORDS[0]}" completions --word="$typed" 2>/dev/null)
    (( ${#found[@]} )) || return 0
    compopt -o nospace 2>/dev/null
    for one in "${found[@]}"; do
        # Outside of quotes the shell would take quotes and blanks for itself.
        [[ $line == *[\'\"]* ]] || printf -v one %q "$one"
        if [[ $current == *"$typed" ]]; then
            COMPREPLY+=("${current%"$typed"}$one")
        else
            # Bash splits words at colons: only what is behind is replaced.
            cut=${typed%"$current"}
            COMPREPLY+=("${one#"$cut"}")
        fi
    done
}
complete -F _dateline_query -o bashdefault -o default dateline
