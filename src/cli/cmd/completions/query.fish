
# Words of a query: fields and, after a colon, values of the index.
function __dateline_query_word
    set -l word (commandline -ct | string trim --left --chars "'\"")
    set -l typed (string split ' ' -- $word)[-1]
    set -l before (string sub --length (math (string length -- "$word") - (string length -- "$typed")) -- "$word")
    dateline completions --word="$typed" 2>/dev/null | string replace -r '^' -- "$before"
end
# After a verb, whatever begins with a small letter may be a word of a query.
function __dateline_is_query_word
    test (count (commandline -opc)) -ge 2
    and string match -qr -- '(^|[\s\'"(-])[a-z][^\s]*$' (commandline -ct)
end
complete -c dateline -n __dateline_is_query_word -f -a '(__dateline_query_word)'
