
# Words of a query: fields and, after a colon, values of the index.
function __dateline_query_word
    set -l word (commandline -ct | string trim --left --chars "'\\"")
    set -l typed (string split ' ' -- $word)[-1]
    set -l before (string sub --length (math (string length -- "$word") - (string length -- "$typed")) -- "$word")
    dateline completions --word="$typed" 2>/dev/null | string replace -r '^' -- "$before"
end
complete -c dateline -n 'string match -q -- "*:*" (commandline -ct)' -f -a '(__dateline_query_word)'
