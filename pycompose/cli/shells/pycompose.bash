# Completion of pycompose for bash: source <(pycompose completion bash)

_pycompose() {
    local line=${COMP_LINE:0:COMP_POINT} words=() word index
    # Bash also cuts words at "=" and ":": those with no blank between them belong together.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        if [[ $index -eq 0 || $line == [[:space:]]* ]]; then
            line=${line#"${line%%[![:space:]]*}"}
            words+=("")
        fi
        [[ $index -eq $COMP_CWORD ]] && word=$line
        words[${#words[@]}-1]+=$word
        line=${line#"$word"}
    done
    local current=${words[${#words[@]}-1]} cut=""
    [[ $word == [=:] ]] && word=""
    cut=${current%"$word"}
    words=("${words[@]//[\\\"\']/}")

    local offered=() directive=0 candidate
    while IFS= read -r candidate; do
        offered+=("$candidate")
    done < <("${words[0]}" __completeNoDesc "${words[@]:1}" 2>/dev/null)
    [[ ${#offered[@]} -eq 0 ]] && return
    directive=${offered[${#offered[@]}-1]#:}
    unset "offered[${#offered[@]}-1]"

    COMPREPLY=()
    if ((directive & 8)); then
        local pattern
        pattern=$(IFS='|'; printf '%s' "${offered[*]}")
        shopt -q extglob || trap "$(shopt -p extglob); trap - RETURN" RETURN
        shopt -s extglob
        while IFS= read -r candidate; do
            COMPREPLY+=("$candidate")
        done < <(compgen -d -- "$word"; compgen -f -X "!*.@($pattern)" -- "$word")
        compopt -o filenames 2>/dev/null
    elif ((directive & 16)); then
        while IFS= read -r candidate; do
            COMPREPLY+=("$candidate")
        done < <(compgen -d -- "$word")
        compopt -o filenames 2>/dev/null
    elif ((${#offered[@]})); then
        for candidate in "${offered[@]}"; do
            COMPREPLY+=("${candidate#"$cut"}")
        done
        ((directive & 2)) && compopt -o nospace 2>/dev/null
    elif ! ((directive & 4)); then
        compopt -o default 2>/dev/null
    fi
}

complete -F _pycompose pycompose
